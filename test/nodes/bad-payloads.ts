/**
 * Bad messages for `mfc add` as a whole: payloads that are no route, arrays, and what only a function node can make.
 */
import { type BadMessage, changed, GOOD, invalid } from './bad-message';

const ROUTE = 'must be an object.';

const NO_ROUTES: BadMessage[] = [
  invalid('undefined', undefined, 'payload', ROUTE),
  invalid('null', null, 'payload', ROUTE),
  invalid('a number', 42, 'payload', ROUTE),
  invalid('a timestamp', 1700000000000, 'payload', ROUTE),
  invalid('true', true, 'payload', ROUTE),
  invalid('text', 'add', 'payload', ROUTE),
  invalid('JSON that was not parsed', JSON.stringify(GOOD), 'payload', ROUTE),
  invalid('an empty object', {}, 'group', 'is missing.'),
  ...[
    { status: 'success', vif_map: {}, mfc_rules: [] },
    { ...GOOD, mfc_rules: [GOOD] },
    { label: 'Hall', mfc_rules: [] },
  ].map((answer) =>
    invalid(
      `an answer with ${Object.keys(answer)}`,
      answer,
      'mfc_rules',
      'is not a field here. Send the routes alone: msg.payload = msg.payload.mfc_rules, or send it to mfc set',
    ),
  ),
];

const ARRAYS: BadMessage[] = [
  invalid('an empty array', [], 'payload', 'is an empty array.'),
  invalid('an array in an array', [[GOOD]], 'payload[0]', ROUTE),
  invalid('an array with a hole', Object.assign(new Array(3), { 0: GOOD, 2: GOOD }), 'payload[1]', ROUTE),
  invalid('an array with null', [GOOD, null], 'payload[1]', ROUTE),
  invalid('an array of names', ['eth1', 'eth2'], 'payload[0]', ROUTE),
  invalid('100,001 routes', Array(100_001).fill(GOOD), 'payload', 'is too long.'),
  invalid(
    'a bad item in the middle',
    [changed({ group: '239.2.0.1' }), changed({ group: '239.2.0.2', threshold: 0 }), changed({ group: '239.2.0.3' })],
    'payload[1].threshold',
    'must be >= 1.',
  ),
  {
    name: 'an absent interface in the last item',
    payload: [
      ...Array.from({ length: 500 }, (_, i) => changed({ group: `239.3.1.${i % 250}` })),
      changed({ iif: 'eth99' }),
    ],
    code: 'ERR_MFC_NO_INTERFACE',
    field: 'payload[500].iif',
    says: "Invalid argument: Interface 'eth99' not found.",
  },
  {
    ...invalid('a contradiction', [GOOD, changed({ oifs: ['eth3'] })], 'payload[1].group', ''),
    says: 'Invalid argument: (10.1.1.6, 239.1.1.2) is in the message twice',
  },
];

const circular: Record<string, unknown> = { ...GOOD };
circular.self = circular;
const circularLabel: unknown[] = [];
circularLabel.push(circularLabel);

class RouteClass {
  readonly source = GOOD.source;
  readonly group = GOOD.group;
}

const OBJECTS: BadMessage[] = [
  invalid('a Buffer', Buffer.from(JSON.stringify(GOOD)), 'group', 'is missing.'),
  invalid('bytes', new Uint8Array(5), 'group', 'is missing.'),
  invalid('a Date', new Date(0), 'group', 'is missing.'),
  invalid('a Map', new Map(Object.entries(GOOD)), 'group', 'is missing.'),
  invalid('a Set', new Set([GOOD]), 'group', 'is missing.'),
  invalid('an Error', new Error('x'), 'group', 'is missing.'),
  invalid('a Promise', Promise.resolve(GOOD), 'group', 'is missing.'),
  invalid('an object of a class without oifs', new RouteClass(), 'oifs', 'is missing.'),
  invalid('a function', () => GOOD, 'payload', ROUTE),
  invalid('a BigInt', 5n, 'payload', ROUTE),
  invalid('a symbol', Symbol('route'), 'payload', ROUTE),
  invalid('a function in a field', changed({ group: () => '239.1.1.2' }), 'group', 'must be string.'),
  invalid('a BigInt in a field', changed({ threshold: 16n }), 'threshold', 'must be'),
  invalid('a symbol in a field', changed({ label: Symbol('x') }), 'label', 'must be string.'),
  invalid('a String object in a field', changed({ iif: new String('eth1') }), 'iif', 'must be string.'),
  invalid('a Date in a field', changed({ label: new Date(0) }), 'label', 'must be string.'),
  invalid('a circular object', circular, 'self', 'is not a field here.'),
  invalid('a circular field', changed({ label: circularLabel }), 'label', 'must be string.'),
];

function boom(): never {
  throw new Error('boom');
}

const getter = Object.defineProperty({ ...GOOD }, 'iif', { enumerable: true, get: boom });
const outputGetter = Object.defineProperty({}, 'name', { enumerable: true, get: boom });
const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** Objects that run their maker's code when they are read, and that Node-RED cannot copy for a Catch node. */
const TRAPS: BadMessage[] = [
  invalid('a getter that throws', getter, 'payload', 'cannot be read: boom.'),
  invalid('a getter that throws in an output', changed({ oifs: [outputGetter] }), 'payload', 'cannot be read: boom.'),
  invalid('a getter that throws in an array', [GOOD, getter], 'payload[1]', 'cannot be read: boom.'),
  invalid('a Proxy that throws', new Proxy({ ...GOOD }, { get: boom }), 'payload', 'cannot be read: boom.'),
  invalid(
    'a Proxy that does not list its keys',
    new Proxy({ ...GOOD }, { ownKeys: boom }),
    'payload',
    'cannot be read',
  ),
  invalid('a revoked Proxy', revoked.proxy, 'payload', 'cannot be read'),
];

export const BAD_PAYLOADS: readonly BadMessage[] = [...NO_ROUTES, ...ARRAYS, ...OBJECTS, ...TRAPS];
