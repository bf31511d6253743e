// Joins over restarts: what a process has joined stays joined, and no switch hears of a restart.

import { deepEqual, equal } from 'node:assert/strict';
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { Opening } from '../../src/controller/opening';
import { linux } from '../../src/kernel/linux';
import { Joins } from '../../src/streams/joins/joins';
import { holdersOf } from '../keep/holders';
import type { KeeperProcessOptions } from '../keep/keeper-process';
import { NotifyStore } from '../keep/notify-store';
import { joined, joinedGroups } from '../kernel/joined';
import { hasIPv6 } from '../lab/ip';
import { type Host, Lab } from '../lab/lab';
import { until } from '../lab/until';

const ANY = '239.1.1.1';
const ONE = '232.1.1.2';
const STREAMS = [ANY, `10.9.9.9,${ONE}`, ...(hasIPv6 ? ['ff3e::1'] : [])];
/** The kernel tells every change twice: RFC 3376 8.1. */
const TOLD = 2;

describe('controller: joins', () => {
  let lab: Lab;
  let camera: Host;
  let folder: string;
  const running: ChildProcess[] = [];

  beforeEach(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    await camera.tap();
    folder = await mkdtemp(join(tmpdir(), 'mfc-joins-'));
  });
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    for (const pid of holdersOf('joins')) process.kill(pid, 'SIGTERM');
    await until(() => holdersOf('joins').length === 0, 'no holder should be there');
    await lab.close();
    await rm(folder, { recursive: true });
  });

  async function start(
    streams: readonly string[],
    keep: 'yes' | 'no' = 'yes',
    { through = [], env = {}, stdio = [] }: KeeperProcessOptions = {},
  ): Promise<ChildProcess> {
    const program = [process.execPath, join(__dirname, 'join-program.js'), folder, keep, 'camera', ...streams];
    const [file = '', ...args] = [...through, ...program];
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'inherit', ...stdio],
      env: { ...process.env, ...env },
    }) as ChildProcessByStdio<Writable, Readable, null>;
    running.push(child);
    const [line] = await once(createInterface(child.stdout), 'line');
    equal(line, 'joined');
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async function typesOf(group: string): Promise<Set<string>> {
    return new Set((await camera.reports(group)).map(({ type }) => type));
  }

  /** What was told of these groups, after all that was to be told until now. */
  async function told(marker: string, ...groups: string[]): Promise<Set<string>[]> {
    const memberships = linux.openMemberships();
    const ifindex = linux.findLink('camera')?.ifindex ?? -1;
    for (const group of hasIPv6 ? [marker, `ff3e::${marker.split('.').at(-1)}`] : [marker]) {
      memberships.join(group === marker ? 4 : 6, ifindex, group, undefined);
      await until(async () => (await camera.reports(group)).length > 0, `${group} should be told`);
    }
    await memberships.close();
    return Promise.all(groups.map(typesOf));
  }

  const isTold = (group: string) =>
    until(async () => (await camera.reports(group)).length >= TOLD, `${group} should be told`);
  const groups = STREAMS.map((stream) => stream.split(',').at(-1) ?? '');
  const all = () => [...joined(4), ...(hasIPv6 ? joined(6) : [])].sort();
  const expected = [
    `camera (*, ${ANY})`,
    `camera (10.9.9.9, ${ONE})`,
    ...(hasIPv6 ? ['camera (*, ff3e::1)'] : []),
  ].sort();

  it('stay over kills, and nobody is told that they were ever left', async () => {
    let child = await start(STREAMS);
    for (const group of groups) await isTold(group);
    for (let n = 0; n < 3; n++) {
      await kill(child);
      deepEqual(all(), expected);
      child = await start(STREAMS);
      deepEqual(all(), expected);
    }
    // The sockets of the processes that were killed are gone: one holds each.
    await until(() => joinedGroups(4).get(`camera ${ANY}`) === 1, 'one socket should hold the group');
    const [any, one, ipv6] = await told('239.9.9.1', ...groups);
    deepEqual([any, one], [new Set(['to_ex']), new Set(['allow'])]);
    if (hasIPv6) deepEqual(ipv6, new Set(['to_ex']));
  });

  it('stay over kills where the service manager keeps them', async () => {
    const store = new NotifyStore(join(folder, 'notify'));
    let child = await start(STREAMS, 'yes', store.handOver());
    for (const group of groups) await isTold(group);
    for (let n = 0; n < 3; n++) {
      await kill(child);
      deepEqual(all(), expected);
      child = await start(STREAMS, 'yes', store.handOver());
    }
    await until(() => joinedGroups(4).get(`camera ${ANY}`) === 1, 'one socket should hold the group');
    equal(store.names.length, 2, 'the table and the joins');
    deepEqual(holdersOf('joins'), []);
    const [any, one] = await told('239.9.9.4', ...groups);
    deepEqual([any, one], [new Set(['to_ex']), new Set(['allow'])]);
    await kill(child);
    store.close();
  });

  it('that are not wanted any more after a restart end, the others stay', async () => {
    const child = await start([ANY, '239.1.1.3']);
    for (const group of [ANY, '239.1.1.3']) await isTold(group);
    await kill(child);
    await start([ANY]);
    await until(() => all().length === 1, 'the group that nobody wants should be left');
    await until(async () => (await typesOf('239.1.1.3')).has('to_in'), 'the leave should be told');
    deepEqual(await typesOf(ANY), new Set(['to_ex']));
  });

  it('of which none is wanted any more after a restart end', async () => {
    await kill(await start(STREAMS));
    deepEqual(all(), expected);
    const child = await start([]);
    await until(() => all().length === 0, 'all groups should be left');
    await kill(child);
    deepEqual(all(), []);
  });

  it('by the hundred stay as well: all sockets are kept as one', async () => {
    const limit = '/proc/sys/net/ipv4/igmp_max_memberships';
    const before = readFileSync(limit);
    writeFileSync(limit, '1'); // a socket for each
    try {
      const many = Array.from({ length: 400 }, (_, n) => `232.1.${n >> 8}.${n & 255}`);
      await kill(await start(many));
      equal(joinedGroups(4).size, 400);
      await kill(await start(many));
      equal(joinedGroups(4).size, 400);
    } finally {
      writeFileSync(limit, before);
    }
  });

  it('end with the process where nothing is to outlive it, and are taken over all the same', async () => {
    const first = await start(STREAMS);
    for (const group of groups) await isTold(group);
    await kill(first);
    const second = await start(STREAMS, 'no');
    await until(() => holdersOf('joins').length === 0, 'nobody should hold anything');
    deepEqual(all(), expected);
    const [any, one] = await told('239.9.9.2', ...groups);
    deepEqual([any, one], [new Set(['to_ex']), new Set(['allow'])]);
    await kill(second);
    await until(() => all().length === 0, 'all groups should be left');
  });

  it('end when the process closes what it has', async () => {
    const child = await start(STREAMS);
    const exit = once(child, 'exit');
    child.stdin?.end();
    await exit;
    await until(() => all().length === 0 && holdersOf('joins').length === 0, 'all groups should be left');
  });

  it('go from one controller to the next of this process without a gap', async () => {
    const table = { kernel: linux, tableId: () => undefined, openSocket: () => linux.openMroute(4, undefined) };
    const fail = (warning: Error): never => {
      throw warning;
    };
    const [first, second] = [new Joins(linux), new Joins(linux)];
    const [before, after] = [new Opening(table, {}, fail), new Opening(table, {}, fail)];
    first.set('a', { version: 4, iif: 'camera', group: ANY, source: undefined });
    await isTold(ANY);
    after.follow({ sockets: new Map(), joins: before.takeJoins(first.fds()) });
    await first.close();
    deepEqual(joined(4), [`camera (*, ${ANY})`]);
    second.set('a', { version: 4, iif: 'camera', group: ANY, source: undefined });
    await after.keepJoins(second.fds());
    await until(() => joinedGroups(4).get(`camera ${ANY}`) === 1, 'one socket should hold the group');
    deepEqual(await told('239.9.9.3', ANY), [new Set(['to_ex'])]);
    await second.close();
  });
});
