// The kernel's structs as src/abi lays them out, under their C names, for comparing with what a compiler says.

import { ifaddrmsg } from '../../src/abi/address-message';
import { rtmsg, rtnexthop } from '../../src/abi/entry-message';
import type { LongSize } from '../../src/abi/family';
import { group_req, group_source_req, sockaddr_in } from '../../src/abi/group-request';
import { ifreq } from '../../src/abi/ifreq';
import { mfcctl, sioc_sg_req, vifctl } from '../../src/abi/ipv4';
import { mf6cctl, mif6ctl, sioc_sg_req6, sockaddr_in6 } from '../../src/abi/ipv6';
import { ifinfomsg } from '../../src/abi/link-message';
import { netconfmsg } from '../../src/abi/netconf-message';
import { nlattr, nlmsghdr, sockaddr_nl } from '../../src/abi/netlink';
import { icmp6_filter } from '../../src/abi/report-filter';
import { fib_rule_hdr } from '../../src/abi/rule';
import { sock_filter } from '../../src/abi/socket-filter';
import { cmsghdr, iovec, msghdr, sockaddr_un, ucred } from '../../src/abi/unix';
import { igmpmsg, mrt6msg } from '../../src/abi/upcall';
import { sioc_vif_req } from '../../src/abi/vif-counters';

/** Size, and offset by member. */
export type Layout = Readonly<Record<string, number>>;
export type Layouts = Readonly<Record<string, Layout>>;

/** On a machine whose unsigned long has this many bytes. */
export function structs(long: LongSize): Layouts {
  return {
    vifctl,
    mfcctl,
    sioc_sg_req: sioc_sg_req[long],
    sioc_vif_req: sioc_vif_req[long],
    mif6ctl,
    mf6cctl,
    sockaddr_in,
    sockaddr_in6,
    group_req: group_req[long],
    group_source_req: group_source_req[long],
    sioc_sg_req6: sioc_sg_req6[long],
    igmpmsg,
    mrt6msg,
    ifreq,
    nlmsghdr,
    nlattr,
    sockaddr_nl,
    fib_rule_hdr,
    ifinfomsg,
    ifaddrmsg,
    rtmsg,
    rtnexthop,
    netconfmsg,
    sock_filter,
    icmp6_filter,
    sockaddr_un,
    ucred,
    iovec: iovec[long],
    msghdr: msghdr[long],
    cmsghdr: cmsghdr[long],
  };
}
