/**
 * Tells a listener what happens to interfaces, to the entries of one table, and to the owners, in the order of the kernel.
 *
 * One socket hears it all, so that the order holds between kinds as well. It is read when the event loop sees that there is something,
 * or when the owner of the watch asks, in slices that leave the loop to others.
 */
import type { IpVersion } from '../abi/address';
import { decodeEntry, entryVersion, RTM_DELROUTE, RTM_NEWROUTE } from '../abi/entry-message';
import { familyOf } from '../abi/families';
import { decodeLink, RTM_DELLINK, RTM_NEWLINK } from '../abi/link-message';
import { decodeOwnerChange, RTM_NEWNETCONF } from '../abi/netconf-message';
import { eachMessage } from '../abi/netlink';
import { isProbe } from '../abi/probe';
import type { Watch, WatchListener } from './kernel';
import { close, tryReceive } from './libc';
import { type Readiness, watchReadable } from './readiness';
import { readSlice } from './slice';
import { hearEntries, openWatchSocket } from './watch-socket';

/** Room for the largest message: that about an interface, a few KiB with all its attributes. */
const DATAGRAM_SIZE = 32_768;

class LinuxWatch implements Watch {
  private readonly bytes = new Uint8Array(DATAGRAM_SIZE);
  private readonly readiness: Readiness;
  private reading = false;

  constructor(
    private fd: number,
    private readonly table: Record<IpVersion, number>,
    private readonly listener: WatchListener,
  ) {
    // What is left after a slice makes the socket readable in the next turn again.
    this.readiness = watchReadable(fd, () => this.read());
    this.readiness.unref();
  }

  drain(): boolean {
    return this.read();
  }

  mute(): void {
    if (this.fd >= 0) hearEntries(this.fd, false);
  }

  unmute(): void {
    if (this.fd < 0) return;
    hearEntries(this.fd, true);
    this.listener.overflow();
  }

  close(): void {
    if (this.fd < 0) return;
    this.readiness.close();
    close(this.fd);
    this.fd = -1; // its number may be another file's soon
  }

  /** Whether there may be more. A call from within the listener leaves the work to the one that runs. */
  private read(): boolean {
    if (this.reading) return true;
    this.reading = true;
    try {
      return this.tellSlice();
    } finally {
      this.reading = false;
    }
  }

  private tellSlice(): boolean {
    let overflowed = false;
    const isMore = readSlice(() => {
      if (this.fd < 0) return false;
      const size = tryReceive(this.fd, this.bytes);
      if (size === 'EAGAIN') return false;
      if (size === 'ENOBUFS') overflowed = true;
      else eachMessage(this.bytes, size, this.tell);
      return true;
    });
    if (overflowed && this.fd >= 0) this.listener.overflow();
    return isMore && this.fd >= 0;
  }

  private readonly tell = (type: number, start: number, end: number): void => {
    if (this.fd < 0) return; // closed by the listener
    if (type === RTM_NEWROUTE || type === RTM_DELROUTE) this.tellEntry(start, end, type === RTM_DELROUTE);
    else if (type === RTM_NEWLINK || type === RTM_DELLINK) this.tellLink(start, end, type === RTM_DELLINK);
    else if (type === RTM_NEWNETCONF) this.tellOwner(start, end);
  };

  private tellEntry(start: number, end: number, gone: boolean): void {
    const version = entryVersion(this.bytes, start);
    if (version === undefined) return;
    const entry = decodeEntry(this.bytes, start, end, version, this.table[version]);
    if (entry !== undefined && !isProbe(entry)) this.listener.entry(entry, gone);
  }

  private tellLink(start: number, end: number, gone: boolean): void {
    const { name, ifindex, running, isPort } = decodeLink(this.bytes, start, end);
    // A port that leaves its bridge is told as deleted too, but it is the port that is gone and not the interface.
    const state = gone && !isPort ? 'gone' : running ? 'up' : 'down';
    this.listener.link(name, ifindex, state);
  }

  private tellOwner(start: number, end: number): void {
    const version = decodeOwnerChange(this.bytes, start, end);
    if (version !== undefined) this.listener.ownerChanged(version);
  }
}

export function watch(table: number | undefined, listener: WatchListener): Watch {
  const tables = { 4: table ?? familyOf(4).defaultTable, 6: table ?? familyOf(6).defaultTable };
  return new LinuxWatch(openWatchSocket(), tables, listener);
}
