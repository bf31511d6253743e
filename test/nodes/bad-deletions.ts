/**
 * Bad messages for `mfc del`.
 */
import { type BadMessage, GOOD, invalid, PRESENT } from './bad-message';

const { source, group } = PRESENT;

function noRoute(name: string, payload: unknown, field: string, what: string): BadMessage {
  return { name, payload, code: 'ERR_MFC_NO_ROUTE', field, says: `MFC entry for ${what}` };
}

const SHAPES: BadMessage[] = [
  invalid('null', null, 'payload', 'must be an object.'),
  invalid('text', 'all', 'payload', 'must be an object.'),
  invalid('an empty array', [], 'payload', 'is an empty array.'),
  invalid('an array in an array', [[{ source, group }]], 'payload[0]', 'must be an object.'),
  invalid('no group', { source }, 'group', 'is missing.'),
  invalid('group is null', { source, group: null }, 'group', 'must be string.'),
  invalid('group is no group', { source, group: '10.1.1.1' }, 'group', 'is not a multicast address.'),
  invalid('source is zero-padded', { source: '010.1.1.5', group }, 'source', 'is not an IP address.'),
  invalid('families are mixed', { source: 'fd00::5', group }, 'source', 'is IPv6, but the group is IPv4.'),
  invalid('an unknown field', { source, group, ttl: 2 }, 'ttl', 'is not a field here.'),
  invalid(
    'an answer',
    { status: 'success', mfc_rules: [{ source, group }] },
    'mfc_rules',
    'is not a field here. Send the routes alone: msg.payload = msg.payload.mfc_rules.',
  ),
  invalid('an answer in an array', [{ mfc_rules: [] }], 'payload[0].mfc_rules', 'is not a field here.'),
  invalid('no outputs', { source, group, oifs: [] }, 'oifs', 'is empty.'),
  invalid('outputs as empty text', { source, group, oifs: '' }, 'oifs', "has '', which is not an interface name."),
  invalid('output twice', { source, group, oifs: ['eth2', 'eth2'] }, 'oifs', "names 'eth2' twice."),
  invalid('iif is a number', { source, group, iif: 1 }, 'iif', 'must be string.'),
  invalid('dry_run is text', { source, group, dry_run: 'yes' }, 'dry_run', 'must be boolean.'),
];

const ABSENT: BadMessage[] = [
  noRoute('an absent route', { source: '10.1.1.6', group }, 'group', '(10.1.1.6, 239.1.1.1) not found.'),
  noRoute('any source where one is meant', { group }, 'group', '(*, 239.1.1.1) not found.'),
  noRoute('an absent IPv6 route', { source: 'fd00::5', group: 'ff3e::1' }, 'group', '(fd00::5, ff3e::1) not found.'),
  noRoute('an absent output', { source, group, oifs: ['eth1'] }, 'oifs', `(${source}, ${group}) has no output 'eth1'.`),
  noRoute(
    'an absent output of two',
    { source, group, oifs: 'eth2,eth9' },
    'oifs',
    `(${source}, ${group}) has no output`,
  ),
  noRoute(
    'another iif',
    { source, group, iif: 'eth2' },
    'iif',
    `(${source}, ${group}) comes in on 'eth1', not 'eth2'.`,
  ),
  noRoute('one absent of two', [{ source, group }, { group: GOOD.group }], 'payload[1].group', '(*, 239.1.1.2) not'),
  noRoute(
    'the same twice',
    [
      { source, group },
      { source, group },
    ],
    'payload[1].group',
    `(${source}, ${group}) not found.`,
  ),
];

export const BAD_DELETIONS: readonly BadMessage[] = [...SHAPES, ...ABSENT];
