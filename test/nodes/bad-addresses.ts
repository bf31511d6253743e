/**
 * Bad messages for `mfc add`: addresses that are none, and those that the kernel takes and never forwards.
 */
import { type BadMessage, changed, GOOD_IPV6, invalid } from './bad-message';

const NOT_IPV4 = [
  '',
  ' ',
  '10',
  '1.2.3',
  '1.2.3.4.5',
  '10.1.1.256',
  '010.001.001.006',
  '10.1.1.06',
  '0xa.1.1.6',
  '0x0a010106',
  '167837958',
  ' 10.1.1.6',
  '10.1.1.6 ',
  '10.1.1.6\n',
  '10.1.1.٦',
  '10.1.1.-6',
  '10.1..6',
  'camera.example',
];

const NOT_IPV6 = ['fd00::6%eth1', 'fd00:::6', 'fd00::1::6', 'fd00::12345', '[fd00::6]', ':', 'fd00::6 '];

function source(text: string, what: string): BadMessage {
  return invalid(`source ${JSON.stringify(text)}`, changed({ source: text }), 'source', what);
}

function source6(text: string, what: string): BadMessage {
  return invalid(`source ${JSON.stringify(text)}`, { ...GOOD_IPV6, source: text }, 'source', what);
}

function group(text: string, what: string): BadMessage {
  return invalid(`group ${JSON.stringify(text)}`, changed({ group: text, source: '*' }), 'group', what);
}

export const BAD_ADDRESSES: readonly BadMessage[] = [
  ...NOT_IPV4.map((text) => source(text, 'is not an IP address.')),
  ...NOT_IPV6.map((text) => source6(text, 'is not an IP address.')),
  source('239.1.1.5', 'is a multicast address, not that of a host.'),
  source('255.255.255.255', 'is the broadcast address.'),
  source('127.0.0.1', 'is a loopback address'),
  source('127.255.1.1', 'is a loopback address'),
  source('0.1.2.3', 'is in 0.0.0.0/8'),
  source('__proto__', 'is not an IP address.'),
  source6('ff3e::5', 'is a multicast address, not that of a host.'),
  source6('fe80::5', 'is a link-local address'),
  source6('::1', 'is the loopback address.'),
  group('', 'is not an IP address.'),
  group('*', 'is not an IP address.'),
  group('239.1.1', 'is not an IP address.'),
  group('239.01.1.2', 'is not an IP address.'),
  group('239.1.1.2:5004', 'is not an IP address.'),
  ...['10.1.1.0/33', '10.1.1.0/', '10.1.1.0/024', '10.1.1.0/24/1', '/24', '10.1.1.0/-1', '10.1.1.0/x', 'camera/24'].map(
    (text) => source(text, 'is not a prefix. Write an address, a slash and the number of bits'),
  ),
  source('10.1.1.6/24', 'has bits beyond its length of 24. Write "10.1.1.0/24".'),
  source('224.0.0.0/4', 'has multicast addresses, which no host has.'),
  source('239.1.1.0/24', 'has multicast addresses, which no host has.'),
  source('fd00::/64', 'is IPv6, but the group is IPv4.'),
  source6('fd00::/129', 'is not a prefix.'),
  source6('fd00::1/64', 'has bits beyond its length of 64. Write "fd00::/64".'),
  source6('10.0.0.0/8', 'is IPv4, but the group is IPv6.'),
  group('239.1.1.5/24', 'has bits beyond its length of 24. Write "239.1.1.0/24".'),
  group('224.0.0.0/3', 'has addresses outside 224.0.0.0/4, which are no groups.'),
  group('10.0.0.0/8', 'has addresses outside 224.0.0.0/4, which are no groups.'),
  group('224.0.0.0/25', 'has only groups that the kernel never forwards.'),
  group('ff02::/16', 'has only groups that the kernel never forwards.'),
  ...['ff00::/15', 'ff12::/16', 'ff31:0:0:1::/64', '224.0.0.128/25'].map((text) =>
    group(text, 'has only groups that the kernel never forwards.'),
  ),
  ...['127.0.0.0/8', '0.0.0.0/8', '0.1.0.0/16'].map((text) =>
    source(text, 'has only addresses that no packet is forwarded from.'),
  ),
  ...['fe80::/10', '::ffff:10.1.1.0/120'].map((text) =>
    source6(text, 'has only addresses that no packet is forwarded from.'),
  ),
  group('fe00::/7', 'has addresses outside ff00::/8, which are no groups.'),
  group('constructor', 'is not an IP address.'),
  group('10.1.1.5', 'is not a multicast address.'),
  group('240.0.0.1', 'is not a multicast address.'),
  group('255.255.255.255', 'is not a multicast address.'),
  group('0.0.0.0', 'is not a multicast address.'),
  group('224.0.0.251', 'is in 224.0.0.0/24, which the kernel never forwards.'),
  group('224.0.0.0', 'is in 224.0.0.0/24'),
  group('fd00::5', 'is not a multicast address.'),
  group('ff02::1', 'has scope 2 (ff02::), which the kernel never forwards.'),
  group('ff01::5', 'has scope 1'),
  group('ff3e::2%eth1', 'is not an IP address.'),
  invalid('IPv6 source of an IPv4 group', changed({ source: 'fd00::6' }), 'source', 'is IPv6, but the group is IPv4.'),
  invalid('IPv4 source of an IPv6 group', { ...GOOD_IPV6, source: '10.1.1.6' }, 'source', 'is IPv4, but the group is'),
  invalid('"::" as source of an IPv4 group', changed({ source: '::' }), 'source', 'is IPv6, but the group is IPv4.'),
];
