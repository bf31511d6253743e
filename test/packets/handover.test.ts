/**
 * Streams that pass from one route to another, while the program has something else to do: the kernel would keep four packets of a stream
 * without an entry, and not one may be lost.
 */
import { equal } from 'node:assert/strict';
import type { RouteState } from '../../src/controller/answers';
import { until } from '../lab/until';
import { Busy } from './busy';
import { checkKept } from './rewrites';
import { Router } from './router';

const BUSY_MS = 300;
const RATE = 1000;

interface Names {
  readonly wide: object;
  readonly narrow: object;
  readonly own: { source: string; group: string };
}

/** Routes, and the outputs that the stream has when they are there. */
type Step = readonly [routes: readonly object[], oifs: readonly string[]];

interface Handover {
  readonly name: string;
  /** One after the other. */
  readonly before: (names: Names) => readonly Step[];
  readonly change: (router: Router, names: Names) => Promise<unknown>;
  readonly isLearntThen: boolean;
  readonly oifs: readonly string[];
}

const WIDE = { iif: 'camera', oifs: ['tv1', 'tv2'] };
const OWN = { iif: 'camera', oifs: ['tv1', 'tv3'] };
const MEMBERS = { iif: 'camera', oifs: 'members' };
const ALL = ['tv1', 'tv2', 'tv3'];

/** A route of its own, above one that would learn the stream, gives it up. */
const ownGoes = (name: string, change: Handover['change'], own: object = OWN): Handover => ({
  name: `a route of its own ${name}`,
  before: (names) => [
    [[{ ...names.wide, ...WIDE }], WIDE.oifs],
    [[{ ...names.own, ...OWN, ...own }], { ...OWN, ...own }.oifs],
  ],
  change,
  isLearntThen: true,
  oifs: WIDE.oifs,
});

const HANDOVERS: readonly Handover[] = [
  ownGoes('that is deleted', ({ controller }, { own }) => controller.del(own)),
  ownGoes('whose last output is deleted', ({ controller }, { own }) => controller.del({ ...own, oifs: ['tv1'] }), {
    oifs: ['tv1'],
  }),
  ownGoes('that a table has not', ({ controller }, { wide }) => controller.set([{ ...wide, ...WIDE }])),
  ownGoes(
    'whose time is over',
    ({ controller }, { own }) => controller.add({ ...own, ...OWN, expires_in: 0.1 }), // no entry is written for that
    { expires_in: 600 },
  ),
  {
    name: 'a route of its own for a table in which another takes the stream',
    before: ({ own }) => [[[{ ...own, ...OWN }], OWN.oifs]],
    change: ({ controller }, { narrow }) => controller.set([{ ...narrow, iif: 'cam+', oifs: ['tv1'] }]),
    isLearntThen: true,
    oifs: ['tv1'],
  },
  {
    name: 'a route of its own whose input is open from now on',
    before: ({ own }) => [[[{ ...own, ...OWN }], OWN.oifs]],
    change: ({ controller }, { own }) => controller.add({ ...own, oifs: WIDE.oifs }),
    isLearntThen: true,
    oifs: WIDE.oifs,
  },
  {
    name: 'a route of its own for one whose outputs hosts open',
    before: ({ wide, own }) => [
      [[{ ...wide, ...MEMBERS }], ALL],
      [[{ ...own, ...OWN }], OWN.oifs],
    ],
    change: ({ controller }, { own }) => controller.del(own),
    isLearntThen: true,
    oifs: ALL,
  },
  {
    name: 'a route of its own whose outputs hosts open',
    before: ({ wide, own }) => [
      [[{ ...own, ...MEMBERS }], ALL],
      [[{ ...wide, ...WIDE }], ALL],
    ],
    change: ({ controller }, { own }) => controller.del(own),
    isLearntThen: true,
    oifs: WIDE.oifs,
  },
  {
    name: 'a route that has learnt it, for one of its own',
    before: ({ wide }) => [[[{ ...wide, ...WIDE }], WIDE.oifs]],
    change: ({ controller }, { own }) => controller.add({ ...own, ...OWN }),
    isLearntThen: false,
    oifs: OWN.oifs,
  },
  {
    name: 'a route that has learnt it and is deleted, for a less specific one',
    before: ({ wide, narrow }) => [
      [[{ ...wide, ...WIDE }], WIDE.oifs],
      [[{ ...narrow, ...OWN }], OWN.oifs],
    ],
    change: ({ controller }, { narrow }) => controller.del({ source: '*', ...narrow }),
    isLearntThen: true,
    oifs: WIDE.oifs,
  },
  {
    name: 'a route that has learnt it, for a more specific one',
    before: ({ wide }) => [[[{ ...wide, ...WIDE }], WIDE.oifs]],
    change: ({ controller }, { narrow }) => controller.add({ ...narrow, ...OWN }),
    isLearntThen: true,
    oifs: OWN.oifs,
  },
];

for (const [version, number, prefixes] of [
  ['IPv4', (n: number) => `239.7.${n}.1`, (n: number) => ['239.7.0.0/16', `239.7.${n}.0/24`]],
  ['IPv6', (n: number) => `ff15:7:${n}::1`, (n: number) => ['ff15:7::/32', `ff15:7:${n}::/48`]],
] as const) {
  describe(`a stream of 1,000 packets/s that leaves, ${version}`, () => {
    const busy = new Busy();
    let router: Router;
    let groups = 0;
    let names: Names;
    let group: string;

    before(async () => {
      router = await Router.open(busy.kernel);
    });
    beforeEach(async () => {
      group = number(++groups);
      const [wide, narrow] = prefixes(groups);
      const source = version === 'IPv4' ? router.camera.ipv4 : router.camera.ipv6;
      names = { wide: { group: wide }, narrow: { group: narrow }, own: { source, group } };
    });
    afterEach(() => router.clear());
    after(() => router.close());

    const rule = async (): Promise<RouteState | undefined> => {
      const { mfc_rules } = await router.controller.state({ group });
      return mfc_rules.find(({ iif }) => iif === 'camera');
    };

    const untilOutputs = (oifs: readonly string[]): Promise<unknown> =>
      until(async () => (await rule())?.oifs.toSorted().join() === oifs.join(), `the stream should go to ${oifs}`);

    for (const { name, before, change, isLearntThen, oifs } of HANDOVERS) {
      it(`${name}: none is lost`, async () => {
        const { tv1, camera, controller } = router;
        for (const [i, [routes, outputs]] of before(names).entries()) {
          await controller.add(routes);
          if (i === 0) await router.joinAll(group); // only now somebody hears it
          await camera.send(group, { count: 1 });
          await untilOutputs(outputs);
        }
        await tv1.settle();
        await tv1.reset();
        const stream = await camera.stream(group, { rate: RATE });
        await tv1.waitFor(group, 100);
        busy.afterNextChange(BUSY_MS);
        await change(router, names);
        await until(async () => ((await rule())?.learnt === true) === isLearntThen, 'it should be handed over');
        equal(busy.isWaiting, false);
        await tv1.waitFor(group, 500);
        const sent = await stream.stop();
        await checkKept(tv1, group, sent);
        await untilOutputs(oifs);
      });
    }
  });
}
