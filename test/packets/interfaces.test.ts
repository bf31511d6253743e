/**
 * Interfaces that flap, vanish and come back under a running stream, with messages in between: nothing lost where the stream goes, and
 * in the end kernel, registry, file and answer agree.
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Rule } from '../../src/routing/route';
import { checkConsistent } from '../controller/consistent';
import { Model, sorted } from '../controller/random/model';
import { readProc } from '../kernel/proc';
import { hasIPv6, ipBatch } from '../lab/ip';
import { Random, SEED } from '../lab/random';
import { DEADLINE_MS } from '../lab/until';
import { Router } from './router';

const FLAPS = 1000;
const CYCLES = 200;
const RATE = 1000;
/** A route is to be whole again so soon after its interface is back. */
const WHOLE_WITHIN_MS = 100;
const LINKS = ['usb1', 'usb2', 'usb3', 'usb4', 'usb5', 'usb6'];

/** Both ends are the router's: nobody is behind them. */
const made = (name: string): string[] => [
  `link add name ${name} group 1000 type veth peer name ${name}-far group 1000`,
  `link set dev ${name} up`,
  `link set dev ${name}-far up`,
];

class Storm {
  readonly model = new Model();
  readonly delays: number[] = [];
  answers = 0;

  constructor(
    private readonly router: Router,
    private readonly random: Random,
  ) {}

  async flap(): Promise<void> {
    const name = this.random.pick(LINKS);
    await ipBatch([`link set dev ${name} down`, `link set dev ${name} up`]);
    if (this.random.chance(30)) await this.send(LINKS);
  }

  /** Interfaces go, routes change without them, the interfaces come back, and all routes are whole. */
  async cycle(): Promise<void> {
    const gone = this.random.some(LINKS).slice(0, 1 + this.random.below(2));
    await ipBatch(gone.map((name) => `link delete dev ${name}`));
    for (let n = this.random.below(4); n > 0; n--) await this.send(LINKS);
    await ipBatch(gone.flatMap(made));
    const start = performance.now(); // how long `ip` takes to start is the machine's affair
    const { controller } = this.router;
    while (controller.status.pending + controller.status.degraded > 0) {
      await nextTurn();
      assert.ok(performance.now() - start < DEADLINE_MS, 'the routes should be whole again');
    }
    this.delays.push(performance.now() - start);
  }

  private async send(links: readonly string[]): Promise<void> {
    const message = this.model.message(this.random, links);
    const fields = message.verb === 'add' && this.random.chance(50) ? { allow_absent: true } : {};
    try {
      await this.router.controller[message.verb](message.payload, fields);
      this.model.apply(message);
      this.answers++;
    } catch {
      // An interface or a route is not there: nothing has changed.
    }
  }
}

describe(`${FLAPS} flaps and ${CYCLES} returns of interfaces`, () => {
  let router: Router;
  before(async () => {
    router = await Router.open();
    await ipBatch(LINKS.flatMap(made));
  });
  after(() => router.close());

  it(`lose no packet of another stream, and routes are whole within ${WHOLE_WITHIN_MS} ms (seed ${SEED})`, async function () {
    this.timeout(1_200_000);
    const group = '239.10.60.1';
    const random = new Random(SEED);
    const storm = new Storm(router, random);
    await router.tv1.join(group);
    const watched: Rule = { source: router.camera.ipv4, group, iif: 'camera', oifs: ['tv1'] };
    await router.controller.add(watched);
    storm.model.rules.set('the stream', watched);
    const stream = await router.camera.stream(group, { rate: RATE });
    await router.tv1.waitFor(group, 100);

    const left = [...Array<'flap'>(FLAPS).fill('flap'), ...Array<'cycle'>(CYCLES).fill('cycle')];
    while (left.length > 0) await storm[left.splice(random.below(left.length), 1)[0] ?? 'flap']();

    const sent = await stream.stop();
    await router.tv1.waitFor(group, sent);
    const { received, lost, duplicated } = await router.tv1.count(group, { sent });
    assert.deepEqual([received, lost, duplicated], [sent, 0, 0]);

    const state = await router.controller.state({});
    checkConsistent(state, (version) => (version === 4 || hasIPv6 ? readProc(version) : undefined));
    const file = JSON.parse(await readFile(join(router.directory, 'state.json'), 'utf8')) as { mfc_rules: Rule[] };
    const wanted = sorted(storm.model.rules.values());
    assert.deepEqual(sorted(state.mfc_rules), wanted);
    assert.deepEqual(sorted(file.mfc_rules), wanted);
    assert.ok(storm.answers > 100, `${storm.answers} messages were answered`);

    const delays = storm.delays.toSorted((a, b) => a - b);
    const [median = 0, longest = 0] = [delays[delays.length >> 1], delays.at(-1)];
    console.log(`        whole again in ${median.toFixed(1)} ms (median), ${longest.toFixed(1)} ms (longest)`);
    assert.ok(median < WHOLE_WITHIN_MS, `${median} ms`);
  });
});
