// The order of steps where routes learn and hosts open outputs: as order.test.ts, with streams, hosts and interfaces that come and go.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { ownRoute } from '../../src/routing/entry';
import { isNative, streamOf, Templates, templateOf } from '../../src/routing/learning';
import type { Plan } from '../../src/routing/plan';
import { parseAdd } from '../../src/routing/request';
import { formatRoute, type Route, routeInterfaces, toRule } from '../../src/routing/route';
import { rivalKey } from '../../src/routing/table';
import { Random, SEED } from '../lab/random';
import { checkSteps, everyForwarding, runWatched } from './watched';
import { Ground } from './world';

const LINKS = ['eth1', 'eth2', 'eth3', 'wlan1', 'wlan2'];
const SOURCES = ['10.0.0.1', '10.0.0.2', '10.0.1.1'];
const GROUPS = ['239.1.0.1', '239.1.0.2', '239.1.1.1'];

function randomAdd(random: Random): object {
  const [iif = '', ...others] = random.some(LINKS).concat(random.pick(LINKS));
  const names = others.filter((name, i) => name !== iif && others.indexOf(name) === i);
  const isOne = random.chance(20);
  const input =
    isOne || random.chance(60) ? { iif } : random.chance(50) ? {} : { iif: random.pick(['eth+', 'wlan+', '*']) };
  const route = {
    source: random.pick(isOne ? SOURCES : ['*', '10.0.0.0/16', '10.0.0.0/24', ...SOURCES]),
    group: random.pick(isOne ? GROUPS : ['239.0.0.0/8', '239.1.0.0/24', '239.1.1.0/24', ...GROUPS]),
    ...input,
    ...randomOutputs(random, names),
    ...(random.chance(20) ? { label: `label ${random.below(3)}` } : {}),
    ...(random.chance(30) ? { allow_absent: true } : {}),
  };
  const isLearning = !('iif' in input) || /[+*]$/.test(input.iif) || /\//.test(`${route.source}${route.group}`);
  return isLearning && random.chance(30) ? { ...route, exclude: [random.pick([...SOURCES, '239.1.0.0/24'])] } : route;
}

function randomOutputs(random: Random, names: readonly string[]): object {
  if (random.chance(30)) {
    return { oifs: 'members', ...(names.length > 0 && random.chance(50) ? { members: { among: [...names] } } : {}) };
  }
  return names.length === 0 ? { oifs: [], stop_filter: true } : { oifs: [...names] };
}

/** A message; undefined if it is refused. */
function randomPlan(ground: Ground, random: Random): Plan | undefined {
  const routes = ground.table.listOwn();
  try {
    if (random.chance(55) || routes.length === 0) {
      const messages = Array.from({ length: 1 + random.below(2) }, () => randomAdd(random));
      return ground.planAdd(...messages);
    }
    return ground.planDel(
      ...random
        .some(routes)
        .slice(0, 2)
        .map(({ source, group }) => ({ source, group })),
    );
  } catch {
    return undefined;
  }
}

/** Hosts come and go, and streams begin. */
function happen(ground: Ground, random: Random): void {
  const member = `${random.pick(LINKS)} ${random.pick(GROUPS)}`;
  if (random.chance(50)) ground.joined.add(member);
  else ground.joined.delete(member);
  for (const group of GROUPS) {
    const source = random.pick(SOURCES);
    if (ground.table.get(`${source} ${group}`) === undefined) ground.learn({ source, group }, random.pick(LINKS));
  }
}

/** Some streams flow, some have stopped, and of some no packet has come. */
function flow(ground: Ground, random: Random): void {
  for (const source of SOURCES) {
    for (const group of GROUPS) {
      if (random.chance(25)) ground.idle.delete(`${source} ${group}`);
      else ground.idle.set(`${source} ${group}`, random.pick([0, 59_000, 61_000]));
    }
  }
}

/** The routes of one stream that are in the kernel, by key. */
function streamRoutes(ground: Ground): [key: string, route: Route][] {
  return Array.from(ground.table.keyed()).flatMap(([key, { installed, learnt }]) => {
    const isOne = learnt === undefined && installed?.learning === undefined && installed?.source !== '*';
    return installed !== undefined && isOne ? [[key, installed]] : [];
  });
}

/** What still flows of routes that have gone is learnt, if a route takes it, and nothing else. Answers how many are. */
function checkGone(ground: Ground, before: readonly [key: string, route: Route][], says: string): number {
  let count = 0;
  for (const [key, route] of before) {
    const now = ground.table.get(key);
    if (now !== undefined && now.learnt === undefined) continue;
    const isLearnable =
      (ground.idle.get(key) ?? Infinity) < 60_000 && !isNative(ground.table.get(`* ${route.group}`), route.iif);
    equal(now?.learnt, isLearnable ? ground.wouldLearn(route)?.by : undefined, `${key}, ${says}`);
    if (now !== undefined) count++;
  }
  return count;
}

/** An interface goes, and its routes leave it: the kernel has lost its VIF before any step. Or it is back. */
function unplug(ground: Ground, random: Random): void {
  const absent = LINKS.find((name) => ground.link(name) === undefined);
  if (absent !== undefined) {
    ground.kernel.addLink(absent);
    return;
  }
  const name = random.pick(LINKS);
  ground.kernel.delLink(name);
  ground.run(ground.planLeave(4, name));
}

/** What the controller plans when hosts or interfaces have changed. */
function follow(ground: Ground): Plan {
  const entries = new Set([...ground.table.listIncomplete(), ...ground.table.listOpenEnded()]);
  return ground.planPlace(...Array.from(entries, ({ route }) => toRule(route)));
}

/** No stream has two own routes, the kernel has what the table says, VIFs are counted for own routes only, and what was learnt is what would be learnt now. */
function checkTable(ground: Ground, says: string): void {
  const entries = Array.from(ground.table.list());
  for (const [key, { route, learnt }] of ground.table.keyed()) {
    const rival = rivalKey(route) === key ? undefined : ownRoute(ground.table.get(rivalKey(route)));
    ok(learnt !== undefined || rival === undefined, `two routes for ${formatRoute(route)}, ${says}`);
  }
  const inKernel = entries.flatMap(({ installed }) =>
    installed?.learning === undefined && installed ? [installed] : [],
  );
  deepEqual(Object.keys(everyForwarding(ground)).sort(), inKernel.map(formatRoute).sort(), says);

  const uses = new Map<string, number>();
  for (const { installed, learnt } of entries) {
    for (const name of installed !== undefined && learnt === undefined ? routeInterfaces(installed) : []) {
      uses.set(name, (uses.get(name) ?? 0) + 1);
    }
  }
  const vifs = ground.table.vifs[4];
  deepEqual(new Map(vifs.list().map((vif) => [vif.name, vifs.refCount(vif)])), uses, says);

  const installed = Array.from(ground.table.learning, (key) => [key, ground.table.get(key)?.installed] as const);
  const made = installed.map(([key, route]) => route && templateOf(key, route)).filter((one) => one !== undefined);
  const templates = new Templates(made);
  for (const [key, { route, learnt }] of ground.table.listLearnt()) {
    const stream = streamOf(route);
    equal(stream && templates.find(stream)?.key, learnt, `${key}, ${says}`);
  }
}

describe('routing: the order of steps where routes learn', () => {
  it(`keeps every entry whole at every step of 3,000 random plans (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const ground = new Ground(...LINKS);
    const counts = { plans: 0, steps: 0, learnt: 0, moved: 0, inherited: 0 };
    for (let n = 0; n < 3000; n++) {
      const says = `seed ${SEED}, plan ${n}`;
      happen(ground, random);
      flow(ground, random);
      if (random.chance(20)) unplug(ground, random);
      checkTable(ground, says);
      const before = everyForwarding(ground);
      const learnt = new Map(Array.from(ground.table.listLearnt(), ([key, entry]) => [key, entry.learnt]));
      const routes = streamRoutes(ground);
      const plan = random.chance(30) ? follow(ground) : randomPlan(ground, random);
      if (plan === undefined) continue;
      const seen = runWatched(ground, plan);
      checkSteps(before, seen, everyForwarding(ground), says);
      checkTable(ground, says);
      counts.inherited += checkGone(ground, routes, says);
      counts.plans++;
      counts.steps += seen.length;
      counts.learnt += ground.table.learntSize;
      for (const [key, entry] of ground.table.listLearnt()) {
        if (learnt.has(key) && learnt.get(key) !== entry.learnt) counts.moved++;
      }
    }
    const { plans, steps, learnt, moved, inherited } = counts;
    const isEnough = plans > 1000 && steps > 2000 && learnt > 1000 && moved > 20 && inherited > 20;
    ok(isEnough, JSON.stringify(counts));
  });

  it('a rule of such a route is the route again', () => {
    const random = new Random(SEED);
    for (let n = 0; n < 500; n++) {
      const { route } = parseAdd(randomAdd(random));
      deepEqual(parseAdd(toRule(route)).route, route);
    }
  });
});
