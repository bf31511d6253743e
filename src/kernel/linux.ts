/**
 * The Linux kernel of the network namespace that this process runs in.
 */
import type { Kernel } from './kernel';
import { findLink, findLinkName } from './links';
import { openMrouteSocket } from './mroute-socket';
import { listRules } from './rules';

export const linux: Kernel = { openMroute: openMrouteSocket, findLink, findLinkName, listRules };
