/**
 * Bad messages for `mfc add`: fields of the wrong type or shape.
 */
import { type BadMessage, changed, GOOD, GOOD_IPV6, invalid, json } from './bad-message';

function without(key: keyof typeof GOOD): object {
  return Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== key));
}

const WRONG_TYPES: BadMessage[] = [
  invalid('source is a number', changed({ source: 167837957 }), 'source', 'must be string.'),
  invalid('source is null', changed({ source: null }), 'source', 'must be string.'),
  invalid('source is an array', changed({ source: ['10.1.1.6'] }), 'source', 'must be string.'),
  invalid('group is a number', changed({ group: 239 }), 'group', 'must be string.'),
  invalid('group is null', changed({ group: null }), 'group', 'must be string.'),
  invalid('group is an object', changed({ group: {} }), 'group', 'must be string.'),
  invalid('iif is a number', changed({ iif: 1 }), 'iif', 'must be string.'),
  invalid('iif is null', changed({ iif: null }), 'iif', 'must be string.'),
  invalid('iif is an array', changed({ iif: ['eth1'] }), 'iif', 'must be string.'),
  invalid('oifs is null', changed({ oifs: null }), 'oifs', 'must be array.'),
  invalid('oifs is a number', changed({ oifs: 2 }), 'oifs', 'must be array.'),
  invalid('oifs is an object', changed({ oifs: { name: 'eth2' } }), 'oifs', 'must be array.'),
  invalid('an output is null', changed({ oifs: ['eth2', null] }), 'oifs[1]', 'must be string.'),
  invalid('an output is a number', changed({ oifs: [2] }), 'oifs[0]', 'must be string.'),
  invalid('an output is an array', changed({ oifs: [['eth2']] }), 'oifs[0]', 'must be string.'),
  invalid('an output has no name', changed({ oifs: [{ threshold: 2 }] }), 'oifs[0].name', 'is missing.'),
  invalid('a name in an output is a number', changed({ oifs: [{ name: 2 }] }), 'oifs[0].name', 'must be string.'),
  invalid('label is a number', changed({ label: 7 }), 'label', 'must be string.'),
  invalid('label is null', changed({ label: null }), 'label', 'must be string.'),
  invalid('dry_run is text', changed({ dry_run: 'true' }), 'dry_run', 'must be boolean.'),
  invalid('dry_run is 1', changed({ dry_run: 1 }), 'dry_run', 'must be boolean.'),
  invalid('stop_filter is text', changed({ oifs: [], stop_filter: 'yes' }), 'stop_filter', 'must be boolean.'),
];

const KEYS: BadMessage[] = [
  invalid('group is missing', without('group'), 'group', 'is missing.'),
  invalid('oifs is missing', without('oifs'), 'oifs', 'is missing.'),
  invalid('unknown key', changed({ ttl: 4 }), 'ttl', 'is not a field here.'),
  invalid('unknown key in an output', changed({ oifs: [{ name: 'eth2', ttl: 4 }] }), 'oifs[0].ttl', 'is not a field'),
  invalid('key in capitals', changed({ Group: '239.1.1.2' }), 'Group', 'is not a field here.'),
  invalid(
    'key __proto__',
    json('{"__proto__":{"polluted":true},"group":"239.1.1.2","iif":"eth1","oifs":["eth2"]}'),
    '__proto__',
    'is not a field here.',
  ),
  invalid('all fields under __proto__', json(`{"__proto__":${JSON.stringify(GOOD)}}`), 'group', 'is missing.'),
  invalid('key constructor', changed({ constructor: { prototype: {} } }), 'constructor', 'is not a field here.'),
  invalid('key toString', changed({ toString: 'x' }), 'toString', 'is not a field here.'),
  invalid('empty key', changed({ '': 'x' }), '""', 'is not a field here.'),
];

const THRESHOLDS: BadMessage[] = [0, 255, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, '16', null, true, [16]].map(
  (threshold) => invalid(`threshold ${typeof threshold} ${threshold}`, changed({ threshold }), 'threshold', 'must be'),
);

const MORE: BadMessage[] = [
  invalid(
    'threshold 0 of an output',
    changed({ oifs: ['eth3', { name: 'eth2', threshold: 0 }] }),
    'oifs[1].threshold',
    'must be >= 1.',
  ),
  invalid('IPv6 with threshold', { ...GOOD_IPV6, threshold: 16 }, 'threshold', 'is set, but the kernel has no'),
  invalid(
    'IPv6 with the threshold of an output',
    { ...GOOD_IPV6, oifs: [{ name: 'eth2', threshold: 2 }] },
    'oifs[0].threshold',
    'is set, but the kernel has no',
  ),
  invalid('label of 257 characters', changed({ label: 'x'.repeat(257) }), 'label', 'must NOT have more than 256'),
  invalid('no outputs', changed({ oifs: [] }), 'oifs', 'is empty, so the stream would go nowhere.'),
  invalid('no outputs, stop_filter false', changed({ oifs: [], stop_filter: false }), 'oifs', 'is empty'),
  invalid('stop_filter with outputs', changed({ stop_filter: true }), 'stop_filter', 'is set, but there are outputs.'),
];

export const BAD_FIELDS: readonly BadMessage[] = [...WRONG_TYPES, ...KEYS, ...THRESHOLDS, ...MORE];
