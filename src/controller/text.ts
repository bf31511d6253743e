/**
 * The state as text, in the tables of pymfcd's `show` with columns for the counters.
 */
import type { StateAnswer, VifState } from './answers';

type Row = readonly (string | number)[];

function pick<T>(row: readonly T[], columns: readonly number[]): T[] {
  return row.filter((_, i) => columns.includes(i));
}

/** Columns as wide as their longest cell, two spaces apart. */
function table(title: string, head: readonly string[], rows: readonly Row[], none: string): string {
  if (rows.length === 0) return `${title}\n${none}`;
  // A column with nothing in it is left out.
  const used = head.flatMap((_, i) => (rows.some((row) => row[i] !== '') ? [i] : []));
  if (used.length < head.length)
    return table(
      title,
      pick(head, used),
      rows.map((row) => pick(row, used)),
      none,
    );
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => String(row[i] ?? '').length)));
  const line = (row: Row): string =>
    widths
      .map((width, i) => String(row[i] ?? '').padEnd(width))
      .join('  ')
      .trimEnd();
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [title, line(head), rule, ...rows.map(line)].join('\n');
}

const VIF_HEAD = [
  'VIF',
  'Interface',
  'Index',
  'Ref Count',
  'Packets In',
  'Bytes In',
  'Packets Out',
  'Bytes Out',
  'Packets/s In',
  'Bits/s In',
  'Packets/s Out',
  'Bits/s Out',
];
const ROUTE_HEAD = [
  'Source',
  'Group',
  'IIF',
  'OIFs',
  'State',
  'Packets',
  'Bytes',
  'Wrong IF',
  'Packets/s',
  'Bits/s',
  'Wrong IF/s',
  'Age',
  'Alarm',
  'Expires In',
  'Reason',
];

const UNROUTED_HEAD = ['Source', 'Group', 'IIF', 'Last Seen'];

function vifTable(title: string, vifs: Record<string, VifState>): string {
  const rows = Object.entries(vifs)
    .sort(([, a], [, b]) => a.vifi - b.vifi)
    .map(([name, vif]) => [
      vif.vifi,
      name,
      vif.ifindex,
      vif.ref_count,
      vif.packets_in,
      vif.bytes_in,
      vif.packets_out,
      vif.bytes_out,
      vif.packets_in_per_second ?? '',
      vif.bits_in_per_second ?? '',
      vif.packets_out_per_second ?? '',
      vif.bits_out_per_second ?? '',
    ]);
  return table(title, VIF_HEAD, rows, 'No VIFs configured.');
}

/** An output with a threshold reads `eth2>16`: packets with a TTL above 16 leave there. */
function oifs(rule: StateAnswer['mfc_rules'][number]): string {
  return rule.oifs.map((oif) => (typeof oif === 'string' ? oif : `${oif.name}>${oif.threshold}`)).join(', ');
}

function seconds(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(value < 10 ? 1 : 0)} s`;
}

export function formatState(state: StateAnswer): string {
  const rows = state.mfc_rules.map((rule) => [
    rule.source,
    rule.group,
    rule.iif,
    oifs(rule),
    rule.state,
    rule.packets,
    rule.bytes,
    rule.wrong_if,
    rule.packets_per_second ?? '',
    rule.bits_per_second ?? '',
    rule.wrong_if_per_second ?? '',
    seconds(rule.age),
    rule.alarm_state ?? '',
    seconds(rule.expires_in),
    rule.reason ?? '',
  ]);
  const tables = [vifTable('Virtual Interface Table (VIFs)', state.vif_map)];
  if (Object.keys(state.vif6_map).length > 0) {
    tables.push(vifTable('Virtual Interface Table (IPv6 MIFs)', state.vif6_map));
  }
  tables.push(table('Multicast Forwarding Cache (MFC)', ROUTE_HEAD, rows, 'No MFC rules installed.'));
  if (state.unrouted.length > 0) {
    const rows = state.unrouted.map((stream) => [stream.source, stream.group, stream.iif, stream.last_seen]);
    tables.push(table('Streams Without a Route', UNROUTED_HEAD, rows, ''));
  }
  return `${tables.join('\n\n')}\n`;
}
