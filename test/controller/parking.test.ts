// Controllers between two config nodes: who comes with the same options gets the one that is there, with its sockets open.

import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Controller, ControllerOptions } from '../../src/controller/controller';
import { claim, park, sweep } from '../../src/controller/parking';
import { FakeKernel } from '../fake/kernel';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };

describe('controller: parking', () => {
  let folder: string;
  let kernel: FakeKernel;
  let options: ControllerOptions;
  let first: Controller;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mfc-parking-'));
    kernel = new FakeKernel('in1', 'out1');
    options = { stateFile: join(folder, 'a.json'), table: '', kernel };
    first = claim(options);
    await first.open();
    await first.add(ROUTE);
  });
  afterEach(async () => {
    await first.close();
    await sweep();
    await rm(folder, { recursive: true });
  });

  it('gives the same controller to who has the same options', async () => {
    const calls = kernel.log.length;
    park(first, options);
    equal(claim(options), first);
    await sweep();
    await first.open();
    equal((await first.state({})).mfc_rules.length, 1);
    equal(kernel.log.length, calls);
  });

  it('goes on while it is parked: messages are done, interfaces are followed', async () => {
    park(first, options);
    equal((await first.add({ ...ROUTE, group: '239.1.1.2' })).changed, true);
    kernel.renameLink('out1', 'lan1');
    deepEqual((await claim(options).state({})).mfc_rules[1]?.oifs, ['lan1']);
  });

  it('closes what nobody has come for', async () => {
    park(first, options);
    await sweep();
    deepEqual(kernel.snapshot(), {});
    notEqual(claim(options), first);
  });

  it('hands the sockets of a table over to a controller with another file', async () => {
    park(first, options);
    const second = claim({ ...options, stateFile: join(folder, 'b.json') });
    await second.open();
    deepEqual([first.status.state, second.status.state], ['closed', 'open']);
    deepEqual(kernel.table(4), { vifs: {}, entries: {} }); // its file has no routes
    await second.close();
  });

  it('opens after one that was given back while it was busy', async () => {
    void first.add({ ...ROUTE, group: '239.1.1.2' });
    park(first, options);
    equal(claim(options), first);
    void first.open();
    park(first, options);
    const second = claim({ ...options, meterInterval: 2 });
    await second.open();
    equal((await second.state({})).mfc_rules.length, 2);
    await second.close();
  });

  it('has what was answered, though who came between is closed before it opens', async () => {
    const asked = first.add({ ...ROUTE, group: '239.1.1.2' });
    park(first, options);
    const between = { ...options, meterInterval: 2 };
    const never = claim(between);
    void never.open().catch(() => undefined);
    park(never, between);
    void sweep();
    const last = claim({ ...options, meterInterval: 3 });
    await last.open();
    equal((await asked).changed, true);
    equal((await last.state({})).mfc_rules.length, 2);
    await last.close();
  });

  it('has what was answered, though another with the same table came first', async () => {
    const asked = first.add({ ...ROUTE, group: '239.1.1.2' });
    park(first, options);
    const other = claim({ ...options, stateFile: join(folder, 'b.json') });
    const last = claim({ ...options, table: 100 });
    await Promise.all([other.open(), last.open()]);
    equal((await asked).changed, true);
    equal((await last.state({})).mfc_rules.length, 2);
    await other.close();
    await last.close();
  });

  it('opens while one that was given back waits for its table', async () => {
    const rival = { ...options, stateFile: join(folder, 'b.json') };
    const second = claim(rival);
    await rejects(second.open(), { code: 'ERR_MFC_TABLE_IN_USE' });
    const asked = second.add(ROUTE);
    park(second, rival);
    equal(claim(rival), second);
    const reopened = second.open();
    park(first, options);
    equal(claim(options), first);
    void first.open().catch(() => undefined);
    park(first, options);
    const third = claim({ ...options, table: 100 });
    await third.open();
    await reopened;
    equal((await asked).changed, true); // it has the table, and has not given up before
    await second.close();
    await third.close();
  });

  it('closes a table before its file is read for another one', async () => {
    park(first, options);
    const second = claim({ ...options, table: 100 });
    await second.open();
    deepEqual(Object.keys(kernel.snapshot()), ['4 100']);
    equal((await second.state({})).mfc_rules[0]?.state, 'active');
    await second.close();
  });
});
