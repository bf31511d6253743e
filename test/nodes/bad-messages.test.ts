/**
 * Bad messages: each fails once, with words that help, and leaves kernel, registry and file as they were.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { Lab } from '../lab/lab';
import { BAD_ADDRESSES } from './bad-addresses';
import { BAD_DELETIONS } from './bad-deletions';
import { BAD_FIELDS } from './bad-fields';
import { BAD_INTERFACES, MANY, NO_MULTICAST } from './bad-interfaces';
import { type BadMessage, PRESENT } from './bad-message';
import { BAD_OPTIONS } from './bad-options';
import { BAD_PAYLOADS } from './bad-payloads';
import { STANDARD } from './flows';
import { NodeRed } from './node-red';

const TABLES: Record<string, { node: string; messages: readonly BadMessage[] }> = {
  'mfc add, fields': { node: 'add', messages: BAD_FIELDS },
  'mfc add, options': { node: 'add', messages: BAD_OPTIONS },
  'mfc add, addresses': { node: 'add', messages: BAD_ADDRESSES },
  'mfc add, interfaces': { node: 'add', messages: BAD_INTERFACES },
  'mfc add, payloads': { node: 'add', messages: BAD_PAYLOADS },
  'mfc del': { node: 'del', messages: BAD_DELETIONS },
};

interface Snapshot {
  ipv4: unknown[];
  ipv6: unknown[];
  state: unknown;
  file: string;
}

/** Rates come and go with the time. */
function withoutRates(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state, (key, value) => (key.endsWith('_per_second') ? undefined : value)));
}

describe('bad messages', () => {
  let lab: Lab;
  let red: NodeRed;
  let initial: Snapshot;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2', 'eth3', NO_MULTICAST, ...MANY);
    await lab.ip('link', 'set', NO_MULTICAST, 'multicast', 'off');
    red = await NodeRed.start(STANDARD);
    ok((await red.send('add', PRESENT)).answer);
    initial = await snapshot();
  });
  after(async () => {
    await red.close();
    await lab.close();
  });

  /** All that a message could change. */
  async function snapshot(): Promise<Snapshot> {
    const [ipv4, ipv6, state] = await Promise.all([
      lab.ip('-j', 'mroute', 'show', 'table', 'all'),
      lab.ip('-6', '-j', 'mroute', 'show', 'table', 'all'),
      red.send('state', {}),
    ]);
    return {
      ipv4: JSON.parse(ipv4),
      ipv6: JSON.parse(ipv6),
      state: withoutRates(state.answer.payload),
      file: red.saved(),
    };
  }

  it('start from one route in kernel, registry and file', () => {
    deepEqual([initial.ipv4.length, initial.ipv6.length], [1, 0]);
    match(initial.file, /239\.1\.1\.1/);
  });

  for (const [title, { node, messages }] of Object.entries(TABLES)) {
    describe(title, () => {
      for (const { name, payload, code, field, says } of messages) {
        it(`${name} → ${code.replace('ERR_MFC_', '')} ${field}`, async () => {
          const { failure } = await red.send(node, payload);
          equal(failure.message.slice(0, says.length), says);
          deepEqual([failure.code, failure.cause.field], [code, field]);
          match(failure.cause.hint ?? '', /^[A-Z].*[.)]$/);
          ok(failure.message.endsWith(` ${failure.cause.hint}`), failure.message);
          deepEqual(await snapshot(), initial);
        });
      }
    });
  }

  it('leave no trace in the prototype of objects', () => {
    equal(Reflect.get({}, 'polluted'), undefined);
  });
});
