/**
 * The Linux kernel of the network namespace that this process runs in.
 */
import { listEntries } from './entries';
import type { Kernel } from './kernel';
import { findLink, findLinkName, listLinkNames } from './links';
import { adoptMrouteSocket, openMrouteSocket } from './open-mroute';
import { listRules } from './rules';
import { watch } from './watch';

export const linux: Kernel = {
  openMroute: openMrouteSocket,
  adoptMroute: adoptMrouteSocket,
  listEntries,
  watch,
  findLink,
  findLinkName,
  listLinkNames,
  listRules,
};
