/**
 * Lists the network interfaces with their addresses, for people to choose from: also those that are down, which os.networkInterfaces() of
 * Node.js leaves out.
 */
import { ADDRESS_DUMP_SIZE, decodeAddress, encodeAddressDump, RTM_NEWADDR } from '../abi/address-message';
import { eachMessage } from '../abi/netlink';
import { dump } from './dump';
import type { Link } from './kernel';
import { listLinks } from './links';

export interface Interface extends Link {
  /** It is up and has a carrier: a cable, for one. */
  readonly running: boolean;
  /** With the lengths of their prefixes: `10.1.1.1/24`. */
  readonly addresses: readonly string[];
}

/** All interfaces of this network namespace, in the order of their indices. Needs no right. */
export function listInterfaces(): Interface[] {
  const addresses = listAddresses();
  return listLinks().map(({ name, ifindex, up, running, multicast, loopback }) => {
    return { name, ifindex, up, running, multicast, loopback, addresses: addresses.get(ifindex) ?? [] };
  });
}

/** By the index of the interface. */
function listAddresses(): Map<number, string[]> {
  const request = new Uint8Array(ADDRESS_DUMP_SIZE);
  encodeAddressDump(request);
  const addresses = new Map<number, string[]>();
  for (const { bytes, size } of dump(request)) {
    eachMessage(bytes, size, (type, start, end) => {
      const found = type === RTM_NEWADDR ? decodeAddress(bytes, start, end) : undefined;
      if (found === undefined) return;
      const others = addresses.get(found.ifindex);
      if (others === undefined) addresses.set(found.ifindex, [found.address]);
      else others.push(found.address);
    });
  }
  return addresses;
}
