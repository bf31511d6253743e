/**
 * The owner socket of one multicast routing table: net/ipv4/ipmr.c ip_mroute_setsockopt, net/ipv6/ip6mr.c.
 *
 * It knows byte layouts and calls, not routes. What the kernel tells of unknown streams is read by upcalls.ts.
 */
import {
  type Family,
  type MfcCounters,
  type MfcEntry,
  MRT_ADD_MFC,
  MRT_ADD_VIF,
  MRT_DEL_MFC,
  MRT_DEL_VIF,
  SIOCGETSGCNT,
  SIOCGETVIFCNT,
  type VifCounters,
} from '../abi/family';
import { decodeVifCounters, encodeVifCountersRequest, sioc_vif_req } from '../abi/vif-counters';
import { isErrno, MfcError } from '../errors';
import { idleTime } from './idle-time';
import type { MrouteSocket, StreamPrefix, UpcallListener } from './kernel';
import { close, ioctl, longSize, setsockopt } from './libc';
import { UpcallReader } from './upcalls';
import { probeVifs } from './vif-probe';

export class LinuxMrouteSocket implements MrouteSocket {
  // One buffer per kind of call for the life of the socket: nothing is allocated per route.
  private readonly vif: Uint8Array;
  private readonly mfc: Uint8Array;
  private readonly mfcRequest: Uint8Array;
  private readonly vifRequest: Uint8Array;
  private readonly upcalls: UpcallReader;

  constructor(
    private readonly family: Family,
    private file: number,
    private readonly table: number,
    private readonly onClose?: () => void,
  ) {
    this.vif = new Uint8Array(family.addVifSize);
    this.mfc = new Uint8Array(family.mfcSize);
    this.mfcRequest = new Uint8Array(family.mfcCountersSize(longSize));
    this.vifRequest = new Uint8Array(sioc_vif_req[longSize].size);
    this.upcalls = new UpcallReader(file, family.version);
  }

  addVif(vifi: number, ifindex: number): void {
    if (ifindex > this.family.maxIfindex) {
      throw new MfcError(
        'ERR_MFC_SYSCALL',
        `Interface index ${ifindex} does not fit the kernel's IPv${this.family.version} interface.`,
        {
          syscall: 'MRT_ADD_VIF',
          value: ifindex,
          hint: `Use an interface with an index up to ${this.family.maxIfindex}.`,
        },
      );
    }
    this.family.encodeAddVif(this.vif, vifi, ifindex);
    this.set(MRT_ADD_VIF, this.vif, this.family.addVifSize, 'MRT_ADD_VIF');
  }

  delVif(vifi: number): void {
    this.family.encodeDelVif(this.vif, vifi);
    this.ignoring('EADDRNOTAVAIL', () => this.set(MRT_DEL_VIF, this.vif, this.family.delVifSize, 'MRT_DEL_VIF'));
  }

  addMfc(entry: MfcEntry): void {
    this.family.encodeMfc(this.mfc, entry);
    this.set(MRT_ADD_MFC, this.mfc, this.family.mfcSize, 'MRT_ADD_MFC');
  }

  delMfc(entry: MfcEntry): void {
    this.family.encodeMfc(this.mfc, entry);
    this.ignoring('ENOENT', () => this.set(MRT_DEL_MFC, this.mfc, this.family.mfcSize, 'MRT_DEL_MFC'));
  }

  mfcCounters(source: string, group: string): MfcCounters | undefined {
    this.family.encodeMfcCountersRequest(this.mfcRequest, source, group);
    const found = ioctl(this.file, SIOCGETSGCNT, this.mfcRequest, 'SIOCGETSGCNT', 'EADDRNOTAVAIL');
    return found ? this.family.decodeMfcCounters(this.mfcRequest, longSize) : undefined;
  }

  idleTime(source: string, group: string): number | undefined {
    return idleTime(this.family.version, this.table, source, group);
  }

  vifCounters(vifi: number): VifCounters | undefined {
    encodeVifCountersRequest(this.vifRequest, vifi);
    // EINVAL: the number is above the highest that is in use.
    const found = ioctl(this.file, SIOCGETVIFCNT, this.vifRequest, 'SIOCGETVIFCNT', 'EADDRNOTAVAIL', 'EINVAL');
    return found ? decodeVifCounters(this.vifRequest, longSize) : undefined;
  }

  listen(listener: UpcallListener | undefined): void {
    this.upcalls.listen(listener);
  }

  drain(): boolean {
    return this.upcalls.drain();
  }

  admit(streams: readonly StreamPrefix[] | 'all'): void {
    this.upcalls.admit(streams);
  }

  get fd(): number {
    return this.file;
  }

  vifIndices(): Map<number, number> {
    return probeVifs(this, this.family.version, this.table);
  }

  close(): void {
    if (this.file < 0) return;
    this.upcalls.close();
    close(this.file);
    this.onClose?.();
    this.file = -1; // its number may be another file's soon
  }

  private set(option: number, value: Uint8Array, size: number, name: string): void {
    setsockopt(this.file, this.family.level, option, value, size, name);
  }

  private ignoring(errno: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!isErrno(error, errno)) throw error;
    }
  }
}
