// Structs with known values, filled once in C and once by src/abi. The encoders get buffers full of 0xff: what they do not write, shows.

import { ENTRY_DUMP_SIZE, encodeEntryDump } from '../../src/abi/entry-message';
import { encodeEntryRequest, entryRequestSize } from '../../src/abi/entry-request';
import type { LongSize, MfcEntry } from '../../src/abi/family';
import { encodeGroupRequest, encodeGroupSourceRequest, group_source_req } from '../../src/abi/group-request';
import { encodeIfreqIndex, encodeIfreqName, ifreq } from '../../src/abi/ifreq';
import { ipv4 } from '../../src/abi/ipv4';
import { ipv6 } from '../../src/abi/ipv6';
import { encodeMldOnly, encodeReportFilter } from '../../src/abi/report-filter';
import { encodeRuleDump, RULE_DUMP_SIZE } from '../../src/abi/rule';
import { encodeSockaddrUn, sockaddr_un } from '../../src/abi/unix';
import { encodeUpcallFilter, type StreamPrefix } from '../../src/abi/upcall-filter';
import { encodeVifCountersRequest } from '../../src/abi/vif-counters';
import { encodeWatchFilter } from '../../src/abi/watch-filter';

export interface Sample {
  readonly name: string;
  /** Statements that fill `value`, a zeroed variable of `type`. */
  readonly type: string;
  readonly fill: string;
  /** Bytes that the kernel reads of it. */
  readonly read: string;
  encode(bytes: Uint8Array, long: LongSize): void;
}

const all = (type: string): string => `sizeof(${type})`;

const route4: MfcEntry = {
  version: 4,
  source: '10.1.2.200',
  group: '239.10.20.30',
  parent: 0x102,
  outputs: [
    { vifi: 0, threshold: 1 },
    { vifi: 31, threshold: 254 },
  ],
};

const route6: MfcEntry = {
  version: 6,
  source: 'fd00:1::ab:2',
  group: 'ff3e::8000:1',
  parent: 0x102,
  outputs: [0, 7, 8, 31].map((vifi) => ({ vifi, threshold: 1 })),
};

const SOCKADDRS = (source: string, group: string, from: string, to: string): string => `
  value.${source}.sin6_family = AF_INET6;
  value.${group}.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "${from}", &value.${source}.sin6_addr);
  inet_pton(AF_INET6, "${to}", &value.${group}.sin6_addr);`;

const SOCKADDR4 = (member: string, address: string): string => `
  ((struct sockaddr_in *)&value.${member})->sin_family = AF_INET;
  inet_pton(AF_INET, "${address}", &((struct sockaddr_in *)&value.${member})->sin_addr);`;

const SOCKADDR6 = (member: string, address: string): string => `
  ((struct sockaddr_in6 *)&value.${member})->sin6_family = AF_INET6;
  inet_pton(AF_INET6, "${address}", &((struct sockaddr_in6 *)&value.${member})->sin6_addr);`;

const FILL_ROUTE4 = (source: string): string => `
  value.mfcc_origin.s_addr = inet_addr("${source}");
  value.mfcc_mcastgrp.s_addr = inet_addr("${route4.group}");
  value.mfcc_parent = 0x102;
  value.mfcc_ttls[0] = 1;
  value.mfcc_ttls[31] = 254;`;

const FILL_ROUTE6 = (source: string): string => `
  ${SOCKADDRS('mf6cc_origin', 'mf6cc_mcastgrp', source, route6.group)}
  value.mf6cc_parent = 0x102;
  IF_SET(0, &value.mf6cc_ifset);
  IF_SET(7, &value.mf6cc_ifset);
  IF_SET(8, &value.mf6cc_ifset);
  IF_SET(31, &value.mf6cc_ifset);`;

const stream4: StreamPrefix = {
  vifi: 31,
  source: { address: '10.1.3.200', length: 23 },
  group: { address: route4.group, length: 32 },
};

const FILTER_UPCALLS = (struct: string, mark: string, type: string, wrong: string, unknown: string): string => `
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ${struct}, ${mark})),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ${struct}, ${type})),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ${wrong}, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ${unknown}, 2, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),`;

export const samples: readonly Sample[] = [
  {
    name: 'MRT_ADD_VIF',
    type: 'struct vifctl',
    fill: 'value.vifc_vifi = 0x102; value.vifc_flags = VIFF_USE_IFINDEX; value.vifc_lcl_ifindex = 0x1020304;',
    read: all('struct vifctl'),
    encode: (bytes) => ipv4.encodeAddVif(bytes, 0x102, 0x1020304),
  },
  {
    name: 'MRT_DEL_VIF',
    type: 'struct vifctl',
    fill: 'value.vifc_vifi = 0x102;',
    read: all('struct vifctl'),
    encode: (bytes) => ipv4.encodeDelVif(bytes, 0x102),
  },
  {
    name: 'MRT_ADD_MFC',
    type: 'struct mfcctl',
    fill: FILL_ROUTE4(route4.source),
    read: all('struct mfcctl'),
    encode: (bytes) => ipv4.encodeMfc(bytes, route4),
  },
  {
    name: 'MRT_ADD_MFC of any source',
    type: 'struct mfcctl',
    fill: FILL_ROUTE4('0.0.0.0'),
    read: all('struct mfcctl'),
    encode: (bytes) => ipv4.encodeMfc(bytes, { ...route4, source: '*' }),
  },
  {
    name: 'SIOCGETSGCNT',
    type: 'struct sioc_sg_req',
    fill: `value.src.s_addr = inet_addr("${route4.source}"); value.grp.s_addr = inet_addr("${route4.group}");`,
    read: 'offsetof(struct sioc_sg_req, pktcnt)',
    encode: (bytes) => ipv4.encodeMfcCountersRequest(bytes, route4.source, route4.group),
  },
  {
    name: 'SIOCGETVIFCNT',
    type: 'struct sioc_vif_req',
    fill: 'value.vifi = 0x102;',
    read: 'sizeof(vifi_t)',
    encode: (bytes) => encodeVifCountersRequest(bytes, 0x102),
  },
  {
    name: 'MRT6_ADD_MIF',
    type: 'struct mif6ctl',
    fill: 'value.mif6c_mifi = 0x102; value.mif6c_pifi = 0x304;',
    read: all('struct mif6ctl'),
    encode: (bytes) => ipv6.encodeAddVif(bytes, 0x102, 0x304),
  },
  {
    name: 'MRT6_DEL_MIF',
    type: 'mifi_t',
    fill: 'value = 0x102;',
    read: all('mifi_t'),
    encode: (bytes) => ipv6.encodeDelVif(bytes, 0x102),
  },
  {
    name: 'MRT6_ADD_MFC',
    type: 'struct mf6cctl',
    fill: FILL_ROUTE6(route6.source),
    read: all('struct mf6cctl'),
    encode: (bytes) => ipv6.encodeMfc(bytes, route6),
  },
  {
    name: 'MRT6_ADD_MFC of any source',
    type: 'struct mf6cctl',
    fill: FILL_ROUTE6('::'),
    read: all('struct mf6cctl'),
    encode: (bytes) => ipv6.encodeMfc(bytes, { ...route6, source: '*' }),
  },
  {
    name: 'SIOCGETSGCNT_IN6',
    type: 'struct sioc_sg_req6',
    fill: SOCKADDRS('src', 'grp', route6.source, route6.group),
    read: 'offsetof(struct sioc_sg_req6, pktcnt)',
    encode: (bytes) => ipv6.encodeMfcCountersRequest(bytes, route6.source, route6.group),
  },
  {
    name: 'SIOCGETMIFCNT_IN6',
    type: 'struct sioc_mif_req6',
    fill: 'value.mifi = 0x102;',
    read: 'sizeof(mifi_t)',
    encode: (bytes) => encodeVifCountersRequest(bytes, 0x102),
  },
  {
    name: 'MCAST_JOIN_GROUP',
    type: 'struct group_req',
    fill: `value.gr_interface = 0x1020304;${SOCKADDR4('gr_group', route4.group)}`,
    read: 'offsetof(struct group_req, gr_group) + sizeof(struct sockaddr_in)',
    encode: (bytes, long) => encodeGroupRequest(bytes, 4, 0x1020304, route4.group, long),
  },
  {
    name: 'MCAST_JOIN_SOURCE_GROUP',
    type: 'struct group_source_req',
    fill:
      'value.gsr_interface = 0x1020304;' +
      SOCKADDR4('gsr_group', route4.group) +
      SOCKADDR4('gsr_source', route4.source),
    read: 'offsetof(struct group_source_req, gsr_source) + sizeof(struct sockaddr_in)',
    encode: (bytes, long) => encodeGroupSourceRequest(bytes, 4, 0x1020304, route4.group, route4.source, long),
  },
  {
    name: 'MCAST_JOIN_GROUP of IPv6',
    type: 'struct group_req',
    fill: `value.gr_interface = 0x1020304;${SOCKADDR6('gr_group', route6.group)}`,
    read: 'offsetof(struct group_req, gr_group) + sizeof(struct sockaddr_in6)',
    encode: (bytes, long) => encodeGroupRequest(bytes, 6, 0x1020304, route6.group, long),
  },
  {
    name: 'MCAST_JOIN_SOURCE_GROUP of IPv6',
    type: 'struct group_source_req',
    fill:
      'value.gsr_interface = 0x1020304;' +
      SOCKADDR6('gsr_group', route6.group) +
      SOCKADDR6('gsr_source', route6.source),
    read: 'offsetof(struct group_source_req, gsr_source) + sizeof(struct sockaddr_in6)',
    encode: (bytes, long) => encodeGroupSourceRequest(bytes, 6, 0x1020304, route6.group, route6.source, long),
  },
  {
    name: 'SIOCGIFINDEX',
    type: 'struct ifreq',
    fill: 'strcpy(value.ifr_name, "caméra-1234567");',
    read: all('struct ifreq'),
    encode: (bytes) => encodeIfreqName(bytes, 'caméra-1234567'),
  },
  {
    name: 'SIOCGIFNAME',
    type: 'struct ifreq',
    fill: 'value.ifr_ifindex = 0x1020304;',
    read: all('struct ifreq'),
    encode: (bytes) => encodeIfreqIndex(bytes, 0x1020304),
  },
  {
    name: 'RTM_GETROUTE',
    type: 'struct { struct nlmsghdr header; struct rtmsg message; struct rtattr attribute; unsigned table; }',
    fill: `
      value.header.nlmsg_len = sizeof(value);
      value.header.nlmsg_type = RTM_GETROUTE;
      value.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
      value.message.rtm_family = RTNL_FAMILY_IP6MR;
      value.attribute.rta_len = RTA_LENGTH(sizeof(value.table));
      value.attribute.rta_type = RTA_TABLE;
      value.table = 0x1020304;`,
    read: 'sizeof(value)',
    encode: (bytes) => encodeEntryDump(bytes.subarray(0, ENTRY_DUMP_SIZE), 6, 0x1020304),
  },
  ...([4, 6] as const).map((version) => {
    const [type, family, value] = version === 4 ? ['in_addr', 'IPMR', route4] : ['in6_addr', 'IP6MR', route6];
    return {
      name: `RTM_GETROUTE of one entry of IPv${version}`,
      type: `struct {
        struct nlmsghdr header; struct rtmsg message; struct rtattr dst; struct ${type} group; struct rtattr src; struct ${type} source;
        struct rtattr attribute; unsigned table;
      }`,
      fill: `
        value.header.nlmsg_len = sizeof(value);
        value.header.nlmsg_type = RTM_GETROUTE;
        value.header.nlmsg_flags = NLM_F_REQUEST;
        value.message.rtm_family = RTNL_FAMILY_${family};
        value.message.rtm_dst_len = value.message.rtm_src_len = 8 * sizeof(value.group);
        value.dst.rta_len = value.src.rta_len = RTA_LENGTH(sizeof(value.group));
        value.dst.rta_type = RTA_DST;
        inet_pton(AF_INET${version === 4 ? '' : '6'}, "${value.group}", &value.group);
        value.src.rta_type = RTA_SRC;
        inet_pton(AF_INET${version === 4 ? '' : '6'}, "${value.source}", &value.source);
        value.attribute.rta_len = RTA_LENGTH(sizeof(value.table));
        value.attribute.rta_type = RTA_TABLE;
        value.table = 0x1020304;`,
      read: 'sizeof(value)',
      encode: (bytes: Uint8Array) => {
        const request = bytes.subarray(0, entryRequestSize(version));
        encodeEntryRequest(request, version, 0x1020304, value.source, value.group);
      },
    };
  }),
  {
    name: 'RTM_GETRULE',
    type: 'struct { struct nlmsghdr header; struct fib_rule_hdr rule; }',
    fill: `
      value.header.nlmsg_len = sizeof(value);
      value.header.nlmsg_type = RTM_GETRULE;
      value.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
      value.rule.family = RTNL_FAMILY_IPMR;`,
    read: 'sizeof(value)',
    encode: (bytes) => encodeRuleDump(bytes.subarray(0, RULE_DUMP_SIZE), 4),
  },
  {
    name: 'SO_ATTACH_FILTER',
    type: 'struct { struct sock_filter program[7]; }',
    fill: `
      struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct nlmsghdr, nlmsg_type)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_flags)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, htonl(RTNH_F_UNRESOLVED), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
      };
      memcpy(value.program, program, sizeof(program));`,
    read: 'sizeof(value)',
    encode: (bytes) => bytes.set(encodeWatchFilter()),
  },
  {
    name: 'SO_ATTACH_FILTER for IGMP',
    type: 'struct { struct sock_filter program[7]; }',
    fill: `
      struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_LOOPBACK, 0, 3),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IGMP_HOST_MEMBERSHIP_QUERY, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
      };
      memcpy(value.program, program, sizeof(program));`,
    read: 'sizeof(value)',
    encode: (bytes) => bytes.set(encodeReportFilter(4)),
  },
  {
    name: 'SO_ATTACH_FILTER for MLD',
    type: 'struct { struct sock_filter program[6]; }',
    fill: `
      struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_LOOPBACK, 0, 2),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ICMPV6_MGM_QUERY, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
      };
      memcpy(value.program, program, sizeof(program));`,
    read: 'sizeof(value)',
    encode: (bytes) => bytes.set(encodeReportFilter(6)),
  },
  {
    name: 'ICMPV6_FILTER',
    type: 'struct icmp6_filter',
    fill: `
      memset(&value, 0xff, sizeof(value));
      int types[] = { ICMPV6_MGM_QUERY, ICMPV6_MGM_REPORT, ICMPV6_MGM_REDUCTION, ICMPV6_MLD2_REPORT };
      for (int i = 0; i < 4; i++) value.data[types[i] >> 5] &= ~(1U << (types[i] & 31));`,
    read: all('struct icmp6_filter'),
    encode: (bytes) => encodeMldOnly(bytes),
  },
  {
    name: 'SO_ATTACH_FILTER for upcalls of IPv4',
    type: 'struct { struct sock_filter program[23]; }',
    fill: `
      struct sock_filter program[] = {
        ${FILTER_UPCALLS('igmpmsg', 'im_mbz', 'im_msgtype', 'IGMPMSG_WRONGVIF', 'IGMPMSG_NOCACHE')}
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct igmpmsg, im_vif)),
        BPF_STMT(BPF_ST, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct igmpmsg, im_dst)),
        BPF_STMT(BPF_ST, 1),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct igmpmsg, im_src)),
        BPF_STMT(BPF_ST, 2),
        BPF_STMT(BPF_LD | BPF_MEM, 1),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(inet_addr("${route4.group}")), 0, 6),
        BPF_STMT(BPF_LD | BPF_MEM, 2),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfffffe00),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(inet_addr("10.1.2.0")), 0, 3),
        BPF_STMT(BPF_LD | BPF_MEM, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 31, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
      };
      memcpy(value.program, program, sizeof(program));`,
    read: 'sizeof(value)',
    encode: (bytes) => bytes.set(encodeUpcallFilter(4, [stream4, {}])),
  },
  {
    name: 'SO_ATTACH_FILTER for upcalls of IPv6',
    type: 'struct { struct sock_filter program[9]; }',
    fill: `
      struct sock_filter program[] = {
        ${FILTER_UPCALLS('mrt6msg', 'im6_mbz', 'im6_msgtype', 'MRT6MSG_WRONGMIF', 'MRT6MSG_NOCACHE')}
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
        BPF_STMT(BPF_RET | BPF_K, 0),
      };
      memcpy(value.program, program, sizeof(program));`,
    read: 'sizeof(value)',
    encode: (bytes) => bytes.set(encodeUpcallFilter(6, 'all')),
  },
  {
    name: 'bind',
    type: 'struct sockaddr_un',
    fill: 'value.sun_family = AF_UNIX; strcpy(value.sun_path, "/tmp/café");',
    read: all('struct sockaddr_un'),
    encode: (bytes) => encodeSockaddrUn(bytes, '/tmp/café'),
  },
  {
    name: 'connect to an abstract name',
    type: 'struct sockaddr_un',
    fill: 'value.sun_family = AF_UNIX; strcpy(value.sun_path + 1, "notify");',
    read: all('struct sockaddr_un'),
    encode: (bytes) => encodeSockaddrUn(bytes, '@notify'),
  },
];

const FILTER_SIZE = encodeUpcallFilter(4, [stream4, {}]).length;

/** Enough for every struct, and for what must not be written behind it. */
export const BUFFER_SIZE =
  Math.max(FILTER_SIZE, group_source_req[8].size, sockaddr_un.size, ifreq.size, ipv6.mfcSize, ipv6.mfcCountersSize(8)) +
  8;
