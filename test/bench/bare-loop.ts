/**
 * The yardstick: koffi calling MRT_ADD_MFC in a bare loop over ready-made buffers, with nothing else done.
 */
import koffi from 'koffi';
import { MRT_ADD_MFC, MRT_ADD_VIF, MRT_INIT } from '../../src/abi/family';
import { ipv4, mfcctl, vifctl } from '../../src/abi/ipv4';
import { linux } from '../../src/kernel/linux';

const libc = koffi.load(null);
const socket = libc.func('int socket(int domain, int type, int protocol)');
const setsockopt = libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t size)');
const close = libc.func('int close(int fd)');
const SOCK_RAW = 3;

function set(fd: number, option: number, value: Uint8Array): void {
  if (setsockopt(fd, ipv4.level, option, value, value.length) !== 0) throw new Error(`option ${option} failed`);
}

function encode(size: number, fill: (bytes: Uint8Array) => void): Buffer {
  const bytes = Buffer.alloc(size);
  fill(bytes);
  return bytes;
}

/** Milliseconds to add these entries from `interfaces[0]` to the others. The table must have no owner. */
export function bareLoop(routes: readonly { source: string; group: string }[], interfaces: readonly string[]): number {
  const outputs = interfaces.slice(1).map((_, i) => ({ vifi: i + 1, threshold: 1 }));
  const entries = routes.map(({ source, group }) =>
    encode(mfcctl.size, (bytes) => ipv4.encodeMfc(bytes, { version: 4, source, group, parent: 0, outputs })),
  );
  const fd: number = socket(ipv4.domain, SOCK_RAW, ipv4.protocol);
  try {
    set(fd, MRT_INIT, Buffer.from(new Int32Array([1]).buffer));
    interfaces.forEach((name, vifi) => {
      const ifindex = linux.findLink(name)?.ifindex ?? 0;
      set(
        fd,
        MRT_ADD_VIF,
        encode(vifctl.size, (bytes) => ipv4.encodeAddVif(bytes, vifi, ifindex)),
      );
    });
    const start = performance.now();
    for (const entry of entries) setsockopt(fd, ipv4.level, MRT_ADD_MFC, entry, entry.length);
    return performance.now() - start;
  } finally {
    close(fd);
  }
}
