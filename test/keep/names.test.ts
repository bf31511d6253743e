// Names: in the service manager's store, of the holder's file, and of the service that a process belongs to.

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { placeName } from '../../src/keep/place';
import { isStartedBySystemd, serviceOf } from '../../src/keep/service';
import { probeName, readStoredName, storedName } from '../../src/keep/stored-names';

const IDS = ['a1b2c3d4e5f60718', 'a1b2.c3d4', 'with/slash:colon%percent', 'Küche ☎\n', '..', ''];

describe('keep: names', () => {
  for (const id of IDS) {
    it(`in the store are read as they were written: ${JSON.stringify(id)}`, () => {
      const stored = { id, name: 'ipv4-253', generation: 12, inode: 4_000_000_000 };
      const text = storedName(stored);
      match(text, /^[ -9;-~]{1,255}$/); // what fdname_is_valid of systemd takes
      deepEqual(readStoredName(text), stored);
      match(probeName(id), /^[ -9;-~]{1,255}$/);
      equal(readStoredName(probeName(id)), undefined);
    });

    it(`of the file are one in the directory: ${JSON.stringify(id)}`, () => {
      match(placeName(id), /^mfc-[\w%.~!*'()-]*\.holder$/);
    });
  }

  it('of others in the store are not ours', () => {
    for (const name of ['', 'http', 'stored', 'mfc', 'mfc/a/b', 'mfc/a/b/1/x', 'mfc/%/b/1/2', 'mfc/a/b/1/2/3']) {
      equal(readStoredName(name), undefined, name);
    }
  });

  it('of the file are short, and different for ids that differ at the end only', () => {
    const long = 'x'.repeat(300);
    notEqual(placeName(`${long}1`), placeName(`${long}2`));
    ok(placeName(long).length < 80);
  });

  for (const [text, service] of [
    ['0::/system.slice/nodered.service\n', 'nodered.service'],
    ['12:cpu:/x.service\n1:name=systemd:/system.slice/nodered.service\n', 'nodered.service'],
    ['0::/system.slice/nodered.service/below\n', 'nodered.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/nodered.service\n', 'nodered.service'],
    ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope\n', undefined],
    ['0::/user.slice/user-1000.slice/session-2.scope\n', undefined],
    ['0::/\n', undefined],
    ['2:cpu:/x.service\n', undefined],
    ['', undefined],
  ] as const) {
    it(`of the service are found: ${service ?? 'none'} in ${JSON.stringify(text)}`, () => {
      equal(serviceOf(text), service);
    });
  }

  it('of the service count for what systemd started, not for what a supervisor did', () => {
    const env = { INVOCATION_ID: 'x' };
    equal(isStartedBySystemd({}, 7, 5), false);
    equal(isStartedBySystemd(env, 7, 5), true, 'systemd before 248');
    equal(isStartedBySystemd({ ...env, SYSTEMD_EXEC_PID: '7' }, 7, 5), true);
    equal(isStartedBySystemd({ ...env, SYSTEMD_EXEC_PID: '5' }, 7, 5), true, 'a script');
    equal(isStartedBySystemd({ ...env, SYSTEMD_EXEC_PID: '4' }, 7, 5), false, 'pm2');
  });
});
