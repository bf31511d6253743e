// The numbers of src/abi under the names that the C headers have for them.

import * as family from '../../src/abi/family';
import {
  IFF_LOOPBACK,
  IFF_MULTICAST,
  IFF_UP,
  IFNAMSIZ,
  SIOCGIFFLAGS,
  SIOCGIFINDEX,
  SIOCGIFNAME,
} from '../../src/abi/ifreq';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import * as unix from '../../src/abi/unix';

export const constants: Readonly<Record<string, number>> = {
  AF_INET: ipv4.domain,
  AF_INET6: ipv6.domain,
  IPPROTO_IGMP: ipv4.protocol,
  IPPROTO_ICMPV6: ipv6.protocol,
  IPPROTO_IP: ipv4.level,
  IPPROTO_IPV6: ipv6.level,
  RT_TABLE_DEFAULT: ipv4.defaultTable,
  // RT6_TABLE_DFLT is the main table and in no header for programs: include/net/ip6_fib.h.
  RT_TABLE_MAIN: ipv6.defaultTable,
  MAXVIFS: family.MAXVIFS,
  MAXMIFS: family.MAXVIFS,
  MRT_INIT: family.MRT_INIT,
  MRT_ADD_VIF: family.MRT_ADD_VIF,
  MRT_DEL_VIF: family.MRT_DEL_VIF,
  MRT_ADD_MFC: family.MRT_ADD_MFC,
  MRT_DEL_MFC: family.MRT_DEL_MFC,
  MRT_TABLE: family.MRT_TABLE,
  MRT6_INIT: family.MRT_INIT,
  MRT6_ADD_MIF: family.MRT_ADD_VIF,
  MRT6_DEL_MIF: family.MRT_DEL_VIF,
  MRT6_ADD_MFC: family.MRT_ADD_MFC,
  MRT6_DEL_MFC: family.MRT_DEL_MFC,
  MRT6_TABLE: family.MRT_TABLE,
  SIOCGETVIFCNT: family.SIOCGETVIFCNT,
  SIOCGETSGCNT: family.SIOCGETSGCNT,
  SIOCGETMIFCNT_IN6: family.SIOCGETVIFCNT,
  SIOCGETSGCNT_IN6: family.SIOCGETSGCNT,
  IFNAMSIZ,
  SIOCGIFNAME,
  SIOCGIFFLAGS,
  SIOCGIFINDEX,
  IFF_UP,
  IFF_LOOPBACK,
  IFF_MULTICAST,
  AF_UNIX: unix.AF_UNIX,
  SOL_SOCKET: unix.SOL_SOCKET,
  SO_PEERCRED: unix.SO_PEERCRED,
  SCM_RIGHTS: unix.SCM_RIGHTS,
  MSG_CTRUNC: unix.MSG_CTRUNC,
  MSG_TRUNC: unix.MSG_TRUNC,
  MSG_DONTWAIT: unix.MSG_DONTWAIT,
  MSG_NOSIGNAL: unix.MSG_NOSIGNAL,
  MSG_CMSG_CLOEXEC: unix.MSG_CMSG_CLOEXEC,
};
