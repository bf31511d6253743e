// What is sent to a service manager's descriptor store, and what is made of what it hands over. The real one is in systemd.check.ts.

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { close } from '../../src/kernel/libc';
import { unixSocket } from '../../src/kernel/unix';
import { HolderGround } from './holder-ground';
import { descriptorsOf, holdersOf } from './holders';
import { OTHER_TABLE as OTHER, TABLE } from './keeper-program';
import { NotifyStore, type StoreOptions } from './notify-store';

describe('keep: store', () => {
  let ground: HolderGround;
  let store: NotifyStore;

  function makeStore(options: StoreOptions = {}): NotifyStore {
    store?.close();
    store = new NotifyStore(join(ground.top, `notify-${Math.random()}`), options);
    return store;
  }

  beforeEach(() => {
    ground = new HolderGround();
    ground.deepen(1);
    store = new NotifyStore(join(ground.top, 'notify'));
  });
  afterEach(async () => {
    await ground.clear();
    store.close();
  });

  it('hands the socket to the next process, close-on-exec, and leaves other names alone', async () => {
    const first = await ground.start({}, store.handOver());
    await first.kill();
    const other = unixSocket('stream');
    const next = await ground.start({}, store.handOver({ http: other }));
    close(other);
    deepEqual(next.report.taken, first.report.kept);
    const open = descriptorsOf(next.pid);
    ok(open.get(3)?.startsWith('socket:'), 'that of the other name is there');
    equal(open.get(4), `socket:[${first.report.kept[TABLE]}]`);
    deepEqual(holdersOf(ground.id), []);
  });

  it('works with an abstract name', async () => {
    store.close();
    store = new NotifyStore(`@${ground.id}`);
    const first = await ground.start({}, store.handOver());
    await first.kill();
    deepEqual((await ground.start({}, store.handOver())).report.taken, first.report.kept);
  });

  it('has one descriptor of each name, and never none', async () => {
    const first = await ground.start({}, store.handOver());
    for (let i = 0; i < 3; i++) await first.tell(`keep ${OTHER}`);
    await first.kill();
    const others = store.history.map((names) => names.filter((name) => name.includes(OTHER)).length);
    const since = others.slice(others.indexOf(1));
    ok(Math.min(...since) === 1 && Math.max(...since) === 2, since.join());
    const next = await ground.start({}, store.handOver());
    deepEqual(next.report.taken, first.report.kept);
    equal(store.names.length, 2);
  });

  it('keeps a socket that is kept again', async () => {
    const first = await ground.start({}, store.handOver());
    await first.tell(`again ${TABLE}`);
    await first.kill();
    const next = await ground.start({}, store.handOver());
    await next.tell(`again ${TABLE}`);
    await next.kill();
    deepEqual((await ground.start({}, store.handOver())).report.taken, first.report.kept);
  });

  it('cleans up after a process that was killed while it replaced a socket', async () => {
    const first = await ground.start({ what: 'socket' }, store.handOver());
    await first.kill();
    const [name = ''] = store.names;
    const [newer, probe] = [unixSocket('datagram'), unixSocket('datagram')];
    const { ino } = fstatSync(newer);
    store.add(name.replace(/\/1\/\d+$/, `/2/${ino}`), newer);
    store.add(name.replace(/\/[^/]+\/1\/\d+$/, '/probe'), probe);
    close(newer);
    close(probe);
    const next = await ground.start({}, store.handOver());
    deepEqual(next.report.taken, { [TABLE]: ino });
    await next.tell(`again ${TABLE}`);
    equal(store.names.length, 1);
  });

  it('takes nothing that was handed to another process', async () => {
    const first = await ground.start({ what: 'socket' }, store.handOver());
    await first.kill();
    deepEqual((await ground.start({ what: 'socket' }, store.handOver({}, '1'))).report.taken, {});
  });

  it('takes nothing that is not what its name says', async () => {
    const first = await ground.start({ what: 'socket' }, store.handOver());
    await first.kill();
    const [stored] = store.stored;
    if (stored !== undefined) stored.name = stored.name.replace(/\d+$/, '1');
    deepEqual((await ground.start({ what: 'socket' }, store.handOver())).report.taken, {});
  });

  it('gives what it has to another keeper of the same process', async () => {
    const first = await ground.start({}, store.handOver());
    deepEqual((await first.tell('reopen')).taken, first.report.kept);
    await first.tell('release');
    deepEqual((await first.tell('reopen')).taken, {});
    deepEqual(store.names, []);
  });

  it('goes on for another controller of the process, but for none with another id', async () => {
    const first = await ground.start({}, store.handOver());
    equal((await first.tell('go-on 60 other')).goesOn, false);
    equal((await first.tell('go-on 60')).goesOn, true);
    await first.tell('release');
    equal((await first.tell('go-on 60')).goesOn, false);
    deepEqual(store.names, []);
  });

  it('gets what a holder kept for a Node-RED that was started by hand', async () => {
    const first = await ground.start();
    await first.kill();
    const next = await ground.start({}, store.handOver());
    deepEqual(next.report.taken, first.report.kept);
    await ground.gone();
    await next.kill();
    deepEqual((await ground.start({}, store.handOver())).report.taken, first.report.kept);
  });

  it('leaves with the holder what there is no room for, all of it', async () => {
    const first = await ground.start();
    const { kept } = await first.tell(`keep ${OTHER}`);
    await first.kill();
    makeStore({ max: 2 });
    const next = await ground.start({}, store.handOver());
    deepEqual([next.report.taken, Object.keys(kept).length], [kept, 2]);
    deepEqual(store.names, []);
    await next.tell('release');
    await ground.gone();
  });

  for (const [why, options] of [
    ['does not listen to the process', { deaf: true }],
    ['has no room', { max: 0 }],
  ] as const) {
    it(`is not used where it ${why}`, async () => {
      makeStore(options);
      const first = await ground.start({}, store.handOver());
      notEqual(first.report.kept[TABLE], undefined);
      notEqual(ground.holder(), undefined);
      deepEqual(store.names, []);
    });
  }

  it('refuses what does not fit, and says so', async () => {
    makeStore({ max: 2 });
    const first = await ground.start({}, store.handOver());
    const { code, message, kept } = await first.tell(`keep ${OTHER}`);
    deepEqual([code, Object.keys(kept)], ['ERR_MFC_STORE', [TABLE]]);
    equal(
      message,
      'The service manager did not keep the socket: its store is full. Give FileDescriptorStoreMax= in the unit a higher number and restart the service.',
    );
    equal(store.names.length, 1);
  });
});
