/**
 * The settings of a controller, as a user wrote them.
 */
import type { MfcError } from '../errors';
import { invalid } from '../routing/invalid';

/** MRT6_TABLE takes ids below this, MRT_TABLE ten times as many: net/ipv6/ip6mr.c ip6mr_new_table. One limit serves both. */
const LIMIT = 100_000_000;

/** Blank is the kernel's default table, undefined. Throws ERR_MFC_INVALID. */
export function parseTableId(value: string | number | undefined): number | undefined {
  const text = String(value ?? '').trim();
  if (text === '') return undefined;
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (id > 0 && id < LIMIT) return id;
  const hint = `Give a number from 1 to ${LIMIT - 1}, or leave it blank for the kernel's default table.`;
  throw invalid(undefined, 'table', value, `is '${text}'.`, hint);
}

const DEFAULT_KEEP_SECONDS = 300;
const MAX_KEEP_SECONDS = 86_400;

/** How long routes are kept without this process; blank is the default. Throws ERR_MFC_INVALID. */
export function parseKeepSeconds(value: string | number | undefined): number {
  const text = String(value ?? '').trim();
  if (text === '') return DEFAULT_KEEP_SECONDS;
  const seconds = /^[1-9]\d*$/.test(text) ? Number(text) : 0;
  if (seconds > 0 && seconds <= MAX_KEEP_SECONDS) return seconds;
  const hint = `Give a whole number from 1 to ${MAX_KEEP_SECONDS}, or leave it blank for ${DEFAULT_KEEP_SECONDS}.`;
  throw invalid(undefined, 'keepSeconds', value, `is '${text}'.`, hint);
}

const DEFAULT_METER_SECONDS = 1;
const MIN_METER_SECONDS = 0.1;
const MAX_METER_SECONDS = 60;

/** Seconds between two readings of the counters; blank is the default. Throws ERR_MFC_INVALID. */
export function parseMeterInterval(value: string | number | undefined): number {
  const text = String(value ?? '').trim();
  if (text === '') return DEFAULT_METER_SECONDS;
  const seconds = /^(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds >= MIN_METER_SECONDS && seconds <= MAX_METER_SECONDS) return seconds;
  throw badMeterInterval(value, '');
}

/** As `parseMeterInterval`, but a wrong one is no reason to route nothing: it is told, and the default holds. */
export function meterIntervalOf(value: string | number | undefined, warn: (warning: MfcError) => void): number {
  try {
    return parseMeterInterval(value);
  } catch {
    warn(badMeterInterval(value, ` It is ${DEFAULT_METER_SECONDS} until then.`));
    return DEFAULT_METER_SECONDS;
  }
}

function badMeterInterval(value: string | number | undefined, rest: string): MfcError {
  const range = `from ${MIN_METER_SECONDS} to ${MAX_METER_SECONDS}`;
  const hint = `Give a number of seconds ${range}, or leave it blank for ${DEFAULT_METER_SECONDS}.${rest}`;
  return invalid(undefined, 'meterInterval', value, `is '${String(value).trim()}'.`, hint);
}
