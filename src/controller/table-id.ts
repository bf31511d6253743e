/**
 * The number of a routing table, as a user wrote it.
 */
import { MfcError } from '../errors';

/** MRT6_TABLE takes ids below this, MRT_TABLE ten times as many: net/ipv6/ip6mr.c ip6mr_new_table. One limit serves both. */
const LIMIT = 100_000_000;

/** Blank is the kernel's default table, undefined. Throws ERR_MFC_INVALID. */
export function parseTableId(value: string | number | undefined): number | undefined {
  const text = String(value ?? '').trim();
  if (text === '') return undefined;
  const id = /^\d+$/.test(text) ? Number(text) : 0;
  if (id > 0 && id < LIMIT) return id;
  throw new MfcError('ERR_MFC_INVALID', `Invalid argument: table is '${text}'.`, {
    field: 'table',
    value,
    hint: `Give a number from 1 to ${LIMIT - 1}, or leave it blank for the kernel's default table.`,
  });
}
