/**
 * The Linux kernel of the network namespace that this process runs in.
 */
import { listEntries } from './entries';
import type { Kernel } from './kernel';
import { findLink, findLinkName, listLinkNames } from './links';
import { openMemberships } from './memberships';
import { adoptMrouteSocket, openMrouteSocket } from './open-mroute';
import { openReports } from './reports';
import { listRules } from './rules';
import { watch } from './watch';

export const linux: Kernel = {
  openMroute: openMrouteSocket,
  adoptMroute: adoptMrouteSocket,
  listEntries,
  watch,
  openMemberships,
  openReports,
  findLink,
  findLinkName,
  listLinkNames,
  listRules,
};
