/**
 * Bad messages for `mfc add`: names that are no interface's, interfaces that cannot be used, and too many of them.
 */
import type { ErrorCode } from '../../src/errors';
import { type BadMessage, changed, invalid } from './bad-message';

/** As many interfaces as a table has VIF numbers, and one more. The test makes them. */
export const MANY = Array.from({ length: 33 }, (_, i) => `lan${i}`);
/** An interface with multicast switched off. The test makes it. */
export const NO_MULTICAST = 'nomc';

const NO_NAMES = ['', ' ', '.', '..', 'eth 1', 'eth/1', 'eth:1', 'eth1\n', ' eth1', 'abcdefghijklmnop'];
/** 15 bytes are the most: these are 16 and more in fewer characters. */
const TOO_MANY_BYTES = ['ééééééééé', 'ネットワーク', '🎥🎥🎥🎥'];
const ABSENT = ['eth99', 'ETH1', '__proto__', 'constructor', 'toString', 'hasOwnProperty'];

function unusable(code: ErrorCode, fields: object, field: string, name: string, what: string): BadMessage {
  const says = `Invalid argument: Interface '${name}' ${what}`;
  return { name: `${field} ${name} ${what}`, payload: changed(fields), code, field, says };
}

const UNUSABLE: BadMessage[] = [
  ...ABSENT.flatMap((name) => [
    unusable('ERR_MFC_NO_INTERFACE', { iif: name }, 'iif', name, 'not found.'),
    unusable('ERR_MFC_NO_INTERFACE', { oifs: [name] }, 'oifs', name, 'not found.'),
  ]),
  unusable('ERR_MFC_NO_INTERFACE', { oifs: 'eth2, eth99' }, 'oifs', 'eth99', 'not found.'),
  unusable(
    'ERR_MFC_NO_INTERFACE',
    { oifs: ['members'] },
    'oifs',
    'members',
    'not found. Write "oifs": "members" as text, if hosts are to open the outputs.',
  ),
  unusable('ERR_MFC_NO_INTERFACE', { iif: 'members' }, 'iif', 'members', "not found. See 'ip link'"),
  unusable('ERR_MFC_NOT_MULTICAST', { iif: 'lo' }, 'iif', 'lo', 'is a loopback'),
  unusable('ERR_MFC_NOT_MULTICAST', { oifs: ['eth2', 'lo'] }, 'oifs', 'lo', 'is a loopback'),
  unusable('ERR_MFC_NOT_MULTICAST', { iif: NO_MULTICAST }, 'iif', NO_MULTICAST, 'has multicast switched off.'),
  unusable('ERR_MFC_NOT_MULTICAST', { oifs: [NO_MULTICAST] }, 'oifs', NO_MULTICAST, 'has multicast switched off.'),
];

const NAMES: BadMessage[] = [
  ...NO_NAMES.flatMap((name) => [
    invalid(`iif ${JSON.stringify(name)}`, changed({ iif: name }), 'iif', 'is not an interface name.'),
    invalid(`output ${JSON.stringify(name)}`, changed({ oifs: [name] }), 'oifs[0]', 'is not an interface name.'),
  ]),
  ...TOO_MANY_BYTES.flatMap((name) => [
    invalid(`iif ${name}`, changed({ iif: name }), 'iif', 'is not an interface name.'),
    invalid(`output ${name}`, changed({ oifs: ['eth2', name] }), 'oifs[1]', 'is not an interface name.'),
    invalid(`outputs as text with ${name}`, changed({ oifs: `eth2,${name}` }), 'oifs', 'is not an interface name.'),
  ]),
  invalid('outputs as empty text', changed({ oifs: '' }), 'oifs', "has '', which is not an interface name."),
  invalid('outputs as text ending in a comma', changed({ oifs: 'eth2,' }), 'oifs', "has '', which is not"),
  invalid('outputs as text without commas', changed({ oifs: 'eth2 eth3' }), 'oifs', "has 'eth2 eth3', which is not"),
];

const COMBINATIONS: BadMessage[] = [
  invalid('iif = oif', changed({ oifs: ['eth1'] }), 'oifs', "has the iif 'eth1'."),
  invalid('iif among the outputs as text', changed({ oifs: 'eth2, eth1' }), 'oifs', "has the iif 'eth1'."),
  invalid('output twice', changed({ oifs: ['eth2', 'eth3', 'eth2'] }), 'oifs', "names 'eth2' twice."),
  invalid('output twice, as text', changed({ oifs: 'eth2,eth2' }), 'oifs', "names 'eth2' twice."),
  invalid(
    'output twice, with two thresholds',
    changed({ oifs: ['eth2', { name: 'eth2', threshold: 9 }] }),
    'oifs',
    "names 'eth2' twice.",
  ),
  invalid('10,000 outputs', changed({ oifs: Array(10_000).fill('eth2') }), 'oifs', 'must NOT have more than 31 items.'),
  invalid(
    '200,000 outputs as text',
    changed({ oifs: Array.from({ length: 200_000 }, (_, i) => `e${i}`).join() }),
    'oifs',
    'names more than 31 outputs.',
  ),
  {
    name: '33 interfaces',
    payload: MANY.slice(1).map((oif, i) => changed({ group: `239.9.0.${i}`, iif: 'lan0', oifs: [oif] })),
    code: 'ERR_MFC_VIFS_EXHAUSTED',
    field: 'payload[28].oifs', // three numbers are taken by the route that is there
    says: "No VIF number is left for interface 'lan29'",
  },
];

export const BAD_INTERFACES: readonly BadMessage[] = [...UNUSABLE, ...NAMES, ...COMBINATIONS];
