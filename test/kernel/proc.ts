// The kernel's VIFs and entries of the default tables as /proc/net shows them: another witness than the socket that made them.

import { readFileSync } from 'node:fs';
import { formatIpv6, type IpVersion, parseIpv6 } from '../../src/abi/address';
import { littleEndian } from '../../src/abi/endian';
import { linux } from '../../src/kernel/linux';
import type { TableSnapshot } from '../fake/table';

function lines(file: string): string[][] {
  const text = readFileSync(`/proc/net/${file}`, 'utf8').trimEnd();
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}

/** `010000E0` or `ff3e:0000:…`; any source is `*`. */
function address(version: IpVersion, text: string): string {
  if (version === 6) {
    const canonical = formatIpv6(parseIpv6(text) ?? []);
    return canonical === '::' ? '*' : canonical;
  }
  const bytes = Buffer.from(text, 'hex');
  const quad = Array.from(littleEndian ? bytes.reverse() : bytes).join('.');
  return quad === '0.0.0.0' ? '*' : quad;
}

/** Thresholds by VIF number, of fields such as `1:1`. */
function outputs(fields: string[]): Record<number, number> {
  return Object.fromEntries(fields.map((field) => field.split(':').map(Number)));
}

export function readProc(version: IpVersion): TableSnapshot {
  const prefix = version === 4 ? 'ip_mr' : 'ip6_mr';
  return {
    vifs: Object.fromEntries(
      lines(`${prefix}_vif`).map(([vifi, name = '']) => [vifi, linux.findLink(name)?.ifindex ?? -1]),
    ),
    entries: Object.fromEntries(
      lines(`${prefix}_cache`).map(([group = '', source = '', parent, , , , ...oifs]) => [
        `(${address(version, source)}, ${address(version, group)})`,
        { parent: Number(parent), outputs: outputs(oifs) },
      ]),
    ),
  };
}

/** How many streams wait for a route: their incoming interface is no VIF number. */
export function waiting(version: IpVersion): number {
  return lines(version === 4 ? 'ip_mr_cache' : 'ip6_mr_cache').filter(([, , iif]) => iif === '-1' || iif === '65535')
    .length;
}
