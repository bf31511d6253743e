/**
 * What is wrong with a setting of the controller.
 */
import { hasHostBits, networkOf, parsePrefix } from './addresses.js';
import type { Check, Fault } from './fault.js';
import { listed, patternsFault } from './names.js';
import { reservedFault } from './reserved-routes.js';

const MAX_TABLE = 99999999; // More, and the kernel has no name for the table's IPv6 device.
const MAX_KEEP_SECONDS = 86400;
const MIN_METER_SECONDS = 0.1;
const MAX_METER_SECONDS = 60;

/** Which of some addresses and prefixes is wrong. */
function rangesFault(field: string, texts: readonly string[]): Fault | undefined {
  for (const [i, text] of texts.entries()) {
    const n = i + 1;
    const prefix = parsePrefix(text);
    if (!prefix) return { key: `${field}-not-address`, n };
    if (hasHostBits(prefix)) return { key: `${field}-host-bits`, n, network: networkOf(prefix) };
  }
  return undefined;
}

/** The settings that do not keep the controller closed while they are wrong: the default holds. */
export const TOLERATED: readonly string[] = ['meterInterval'];

export const controllerFaults: Readonly<Record<string, Check>> = {
  table(value) {
    return /^[1-9]\d*$/.test(value) && Number(value) <= MAX_TABLE ? undefined : { key: 'table' };
  },
  keepSeconds(value) {
    return /^[1-9]\d*$/.test(value) && Number(value) <= MAX_KEEP_SECONDS ? undefined : { key: 'keep-seconds' };
  },
  meterInterval(value) {
    const isIn = Number(value) >= MIN_METER_SECONDS && Number(value) <= MAX_METER_SECONDS;
    return /^(0|[1-9]\d*)(\.\d+)?$/.test(value) && isIn ? undefined : { key: 'meter-interval' };
  },
  watchInterfaces(value) {
    return patternsFault(value, 'watch-interfaces');
  },
  allowedInterfaces(value) {
    return patternsFault(value, 'allowed-interfaces');
  },
  allowedGroups(value) {
    return rangesFault('allowed-groups', listed(value));
  },
  allowedSources(value) {
    return rangesFault(
      'allowed-sources',
      listed(value).map((text) => (text === '*' ? '0.0.0.0/0' : text)),
    );
  },
  maxRoutes(value) {
    return /^(0|[1-9]\d{0,5})$/.test(value) ? undefined : { key: 'max-routes' };
  },
  loops(value) {
    return ['refuse', 'warn', 'allow'].includes(value) ? undefined : { key: 'loops' };
  },
  reservedRoutes: reservedFault,
};
