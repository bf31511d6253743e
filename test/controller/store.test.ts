// The state file as the controller finds it: restored, set aside, or left out in parts, and never overwritten before it is understood.

import { deepEqual, equal, match, rejects } from 'node:assert/strict';

import fs = require('node:fs/promises');

import { mkdir, readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MfcError } from '../../src/errors';
import { FakeKernel } from '../fake/kernel';
import { until } from '../lab/until';
import { Bench } from './bench';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1', { name: 'out2', threshold: 16 }] };
const IPV6 = { source: 'fd00::1', group: 'ff3e::1', iif: 'in1', oifs: ['out3'], label: 'sechs' };
const text = (...rules: unknown[]): string => JSON.stringify({ version: 1, mfc_rules: rules });

/** The files that were set aside, with what is in them. */
async function setAside(bench: Bench): Promise<string[]> {
  const names = (await readdir(bench.folder)).filter((name) => name.startsWith('state.json.broken-'));
  return Promise.all(names.map((name) => readFile(join(bench.folder, name), 'utf8')));
}

describe('controller: the state file', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  it('is made by the first change, with its folder, for its user only', async () => {
    bench = await Bench.make();
    await rmdir(bench.folder);
    await bench.controller.open();
    equal(await bench.readFile(), undefined);
    await bench.controller.add([ROUTE, IPV6]);
    deepEqual(JSON.parse((await bench.readFile()) ?? ''), { version: 1, mfc_rules: [ROUTE, IPV6] });
    equal((await stat(bench.stateFile)).mode & 0o777, 0o600);
    deepEqual(await readdir(bench.folder), ['state.json']);
  });

  it('is for its user only from the next change on, if it was not', async () => {
    bench = await Bench.make(text(ROUTE));
    equal((await stat(bench.stateFile)).mode & 0o777, 0o666 & ~process.umask());
    await bench.controller.add(IPV6);
    equal((await stat(bench.stateFile)).mode & 0o777, 0o600);
  });

  it('is not disturbed by what a killed save left behind', async () => {
    bench = await Bench.open();
    await writeFile(`${bench.stateFile}.new`, 'x'.repeat(10_000), { mode: 0o644 });
    await bench.controller.add(ROUTE);
    deepEqual(await bench.savedRules(), [ROUTE]);
    equal((await stat(bench.stateFile)).mode & 0o777, 0o600);
    deepEqual(await readdir(bench.folder), ['state.json']);
  });

  it('brings all routes back before the first message is taken', async () => {
    const first = await Bench.open();
    await first.controller.add([ROUTE, IPV6, { ...ROUTE, source: '*', oifs: [], stop_filter: true }]);
    const before = await first.observe();
    await first.stop();
    bench = await Bench.make(undefined, new FakeKernel('in1', 'in2', 'out1', 'out2', 'out3'), first.folder);
    const answer = await bench.controller.add(ROUTE); // the controller was not even opened
    equal(answer.changed, false);
    await bench.controller.open();
    const after = await bench.observe();
    deepEqual(after.kernel, before.kernel);
    deepEqual(after.state, before.state);
    equal(after.file, before.file);
  });

  it('may be that of pymfcd, which has no version', async () => {
    const rule = { source: '10.0.1.10', group: '239.10.20.30', iif: 'veth-in', oifs: ['veth-out'] };
    const content = '{"mfc_rules":[{"source":"10.0.1.10","group":"239.10.20.30","iif":"veth-in","oifs":["veth-out"]}]}';
    bench = await Bench.make(content, new FakeKernel('veth-in', 'veth-out'));
    await bench.controller.open();
    const { state } = await bench.observe();
    deepEqual(state.mfc_rules, [{ ...rule, state: 'active', packets: 0, bytes: 0, wrong_if: 0 }]);
    equal(await bench.readFile(), content);
    deepEqual(bench.warnings, []);
  });

  const broken: [string, string][] = [
    ['empty', ''],
    ['zeros', '\0'.repeat(100)],
    ['no JSON', 'mfc_rules = []'],
    ['cut off', text(ROUTE, IPV6).slice(0, -10)],
    ['followed by garbage', `${text(ROUTE)}}`],
    ['null', 'null'],
    ['a number', '1'],
    ['an array', JSON.stringify([ROUTE])],
    ['without rules', '{"version": 1}'],
    ['with rules that are no array', '{"version": 1, "mfc_rules": {}}'],
    ['of a newer version', JSON.stringify({ version: 2, mfc_rules: [ROUTE] })],
    ['of a version that is text', JSON.stringify({ version: '1', mfc_rules: [ROUTE] })],
  ];
  for (const [what, content] of broken) {
    it(`is set aside and reported if it is ${what}, never overwritten`, async () => {
      bench = await Bench.make(content);
      await bench.controller.open();
      equal(bench.warnings.length, 1);
      const [warning] = bench.warnings;
      equal(warning?.code, 'ERR_MFC_STORE');
      match(
        warning?.message ?? '',
        /not readable as routes\. The file was kept as .*state\.json\.broken-\S+\. .* starts without/,
      );
      equal(warning?.cause.value, bench.stateFile);
      deepEqual(await setAside(bench), [content]);
      equal(await bench.readFile(), undefined);
      await bench.controller.add(ROUTE);
      deepEqual(await bench.savedRules(), [ROUTE]);
      deepEqual(await setAside(bench), [content]);
    });
  }

  it('may have routes that are not valid: the others come back, and a copy of it is kept', async () => {
    const content = text(ROUTE, { ...ROUTE, group: '10.9.9.9' }, 'x', { ...IPV6, oifs: [] }, IPV6);
    bench = await Bench.make(content);
    await bench.controller.open();
    const { state } = await bench.observe();
    deepEqual(
      state.mfc_rules.map(({ group, state }) => [group, state]),
      [
        ['239.1.1.1', 'active'],
        ['ff3e::1', 'active'],
      ],
    );
    equal(bench.warnings.length, 1);
    match(
      bench.warnings[0]?.message ?? '',
      /^3 of 5 saved routes are not valid\. .*mfc_rules\[1\]\.group is not a multicast/,
    );
    match(
      bench.warnings[0]?.message ?? '',
      /They were left out\. The file as it was is kept as \S+state\.json\.broken-/,
    );
    deepEqual(await setAside(bench), [content]);
    equal((await bench.controller.add(ROUTE)).changed, false); // the file is written without them by then
    deepEqual(await bench.savedRules(), [ROUTE, IPV6]);
    await bench.controller.del({ source: IPV6.source, group: IPV6.group });
    deepEqual(await bench.savedRules(), [ROUTE]);
    deepEqual(await setAside(bench), [content]);
  });

  it('keeps a route whose interface is not there, pending with the reason, until it can be', async () => {
    bench = await Bench.make(text({ ...ROUTE, oifs: ['usb1'] }, IPV6));
    await bench.controller.open();
    const { state, file } = await bench.observe();
    const [first, second] = state.mfc_rules;
    deepEqual([first?.state, second?.state], ['pending', 'active']);
    match(first?.reason ?? '', /Interface 'usb1' not found/);
    deepEqual(Object.keys(bench.kernel.table(4)?.vifs ?? {}), []);
    deepEqual(bench.controller.status, { state: 'open', routes: 2, pending: 1, degraded: 0 });
    deepEqual(JSON.parse(file ?? ''), JSON.parse(text({ ...ROUTE, oifs: ['usb1'] }, IPV6)));

    await rejects(bench.controller.add({ ...ROUTE, oifs: ['usb1'] }), { code: 'ERR_MFC_NO_INTERFACE' });
    bench.kernel.addLink('usb1');
    await until(() => bench.controller.status.pending === 0, 'the route should be there by itself');
    deepEqual((await bench.observe()).state.mfc_rules[0]?.state, 'active');
    equal(bench.controller.status.pending, 0);
  });

  it('keeps a pending route in the file through other changes, and lets it be deleted', async () => {
    bench = await Bench.make(text({ ...ROUTE, oifs: ['usb1', 'usb2'] }));
    await bench.controller.add(IPV6);
    deepEqual(await bench.savedRules(), [{ ...ROUTE, oifs: ['usb1', 'usb2'] }, IPV6]);
    await bench.controller.del({ source: ROUTE.source, group: ROUTE.group, oifs: 'usb1' });
    deepEqual(await bench.savedRules(), [{ ...ROUTE, oifs: ['usb2'] }, IPV6]);
    equal(bench.controller.status.pending, 1);
    await bench.controller.del({ source: ROUTE.source, group: ROUTE.group });
    deepEqual(await bench.savedRules(), [IPV6]);
    equal(bench.controller.status.pending, 0);
  });

  it('keeps routes that the kernel refuses to take back', async () => {
    bench = await Bench.make(text(ROUTE, { ...ROUTE, group: '239.1.1.2' }));
    bench.kernel.failAt(2, 'ENOMEM', Infinity);
    await bench.controller.open();
    const { state } = await bench.observe();
    for (const rule of state.mfc_rules) {
      equal(rule.state, 'pending');
      match(rule.reason ?? '', /refused MRT_ADD_VIF with ENOMEM/);
    }
    bench.kernel.recover();
    await until(() => bench.controller.status.pending === 0, 'the routes should be there by themselves');
  });

  it('that cannot be read makes every message fail, until it can', async () => {
    bench = await Bench.make();
    await mkdir(bench.stateFile);
    const unreadable = ({ code, cause }: MfcError): boolean => {
      deepEqual([code, cause.errno, cause.value], ['ERR_MFC_STORE', 'EISDIR', bench.stateFile]);
      return true;
    };
    await rejects(bench.controller.open(), unreadable);
    equal(bench.controller.status.state, 'closed');
    for (const verb of ['add', 'del'] as const) await rejects(bench.controller[verb](ROUTE), unreadable);
    await rejects(bench.controller.state({}), unreadable);
    deepEqual(bench.kernel.snapshot(), {});
    await rmdir(bench.stateFile);
    await writeFile(bench.stateFile, text(IPV6));
    await bench.controller.add(ROUTE);
    deepEqual(await bench.savedRules(), [IPV6, ROUTE]);
    equal(bench.controller.status.state, 'open');
  });

  it('is as before where a change fails since no file can be opened any more', async () => {
    bench = await Bench.open();
    await bench.controller.add(ROUTE);
    const { open } = fs;
    Object.assign(fs, {
      open: async (path: string, ...rest: unknown[]) => {
        if (path === bench.folder) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' });
        return Reflect.apply(open, fs, [path, ...rest]);
      },
    });
    try {
      await rejects(bench.controller.add(IPV6), { code: 'ERR_MFC_STORE' });
    } finally {
      Object.assign(fs, { open });
    }
    deepEqual(await bench.savedRules(), [ROUTE]);
  });

  it('waits while the table belongs to another program', async () => {
    bench = await Bench.make(text(ROUTE));
    const other = bench.kernel.openMroute(4, undefined);
    await rejects(bench.controller.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    deepEqual([bench.controller.status.state, bench.controller.status.pending], ['closed', 1]);
    await rejects(bench.controller.add({ ...ROUTE, group: '239.9.9.9' }), { code: 'ERR_MFC_TABLE_IN_USE' });
    equal(await bench.readFile(), text(ROUTE));
    other.close();
    await bench.controller.add({ ...ROUTE, group: '239.9.9.9' });
    deepEqual(await bench.savedRules(), [ROUTE, { ...ROUTE, group: '239.9.9.9' }]);
    equal(bench.controller.status.pending, 0);
  });

  it('follows a link to where the file is', async () => {
    const other = await Bench.make(text(ROUTE));
    bench = await Bench.make();
    const { symlink, lstat } = await import('node:fs/promises');
    await symlink(other.stateFile, bench.stateFile);
    await bench.controller.add(IPV6);
    equal((await lstat(bench.stateFile)).isSymbolicLink(), true);
    deepEqual(await other.savedRules(), [ROUTE, IPV6]);
    await other.close();
  });
});
