// The descriptor store of a real systemd keeps the routes of a service over kills and restarts: no packet is lost.
//
// Not among the tests of `npm test`, since systemd needs root. By hand, as root:
//   node dist/test/lab/run.js mocha dist/test/keep/systemd.check.js

import { deepEqual, equal, match } from 'node:assert/strict';
import type { Host } from '../lab/lab';
import { Lab } from '../lab/lab';
import { KEEPER_PROGRAM } from './keeper-process';
import { OTHER_TABLE, TABLE } from './keeper-program';
import { Systemd } from './systemd';

const KILLS = 20;
const GROUP = '239.10.20.30';
const RATE = 1_000;
const STORE = 'FileDescriptorStoreMax=64';

/** A command line that keeps a socket, or the table with a route. */
const keeper = (name: string, ...what: string[]): string =>
  [process.execPath, KEEPER_PROGRAM, name, '/run/shared', '60', ...what].join(' ');

const script = (command: string): string => `ExecStart=/bin/sh -c '${command}; true'`;

describe('keep: systemd', function systemdSuite() {
  this.timeout(600_000);
  let lab: Lab;
  let camera: Host;
  let tv: Host;
  let systemd: Systemd;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv = await lab.host('tv');
    const table = keeper('table', 'table', 'camera', 'tv', camera.ipv4, GROUP);
    systemd = await Systemd.boot({
      table: [`ExecStart=${table}`, STORE, 'FileDescriptorStorePreserve=yes'],
      replaced: [`ExecStart=${keeper('replaced', 'socket')}`, STORE],
      none: [`ExecStart=${keeper('none', 'socket')}`],
      full: [`ExecStart=${keeper('full', 'socket')}`, 'FileDescriptorStoreMax=1'],
      script: [script(keeper('script', 'socket')), STORE, 'NotifyAccess=all', 'Restart=always'],
      loop: [`ExecStart=/bin/sh -c 'while true; do ${keeper('loop', 'table')}; done'`, STORE, 'NotifyAccess=all'],
      'script-main': [script(keeper('script-main', 'socket')), STORE],
    });
  });
  after(async () => {
    await systemd?.end();
    await lab.close();
  });

  it(`loses no packet over ${KILLS} kills and ${KILLS} restarts`, async () => {
    await systemd.systemctl('start', 'table');
    const { kept } = await systemd.report('table', 1);
    await tv.join(GROUP);
    const stream = await camera.stream(GROUP, { rate: RATE });
    let reports = 1;
    for (let i = 0; i < KILLS; i++) {
      await systemd.systemctl('kill', '--signal=SIGKILL', 'table');
      deepEqual((await systemd.report('table', ++reports)).taken, kept);
      await systemd.systemctl('restart', 'table');
      deepEqual((await systemd.report('table', ++reports)).taken, kept);
    }
    const sent = await stream.stop();
    await tv.waitFor(GROUP, sent);
    const { lost, duplicated } = await tv.count(GROUP, { sent });
    deepEqual([lost, duplicated], [0, 0]);
    equal(await systemd.show('table', 'NFileDescriptorStore'), '1');
  });

  it('keeps over stop and start where systemd can: since version 254', async () => {
    const { length } = systemd.reports('table');
    const { kept } = await systemd.report('table', 1);
    await systemd.systemctl('stop', 'table');
    const can = (await systemd.version()) >= 254;
    equal(await systemd.show('table', 'NFileDescriptorStore'), can ? '1' : '0');
    await systemd.systemctl('start', 'table');
    deepEqual((await systemd.report('table', length + 1)).taken, can ? kept : {});
  });

  it('keeps the last socket of a name, and no more than that', async () => {
    await systemd.systemctl('start', 'replaced');
    await systemd.report('replaced', 1);
    for (const n of [2, 3, 4]) {
      await systemd.systemctl('kill', '--signal=SIGUSR2', 'replaced');
      await systemd.report('replaced', n);
    }
    const { kept } = await systemd.report('replaced', 4);
    deepEqual(Object.keys(kept).sort(), [TABLE, OTHER_TABLE]);
    await systemd.systemctl('restart', 'replaced');
    deepEqual((await systemd.report('replaced', 5)).taken, kept);
    equal(await systemd.show('replaced', 'NFileDescriptorStore'), '2');
  });

  it('keeps nothing after a release', async () => {
    const { length } = systemd.reports('replaced');
    await systemd.systemctl('kill', '--signal=SIGWINCH', 'replaced');
    await systemd.report('replaced', length + 1);
    equal(await systemd.show('replaced', 'NFileDescriptorStore'), '0');
    await systemd.systemctl('restart', 'replaced');
    deepEqual((await systemd.report('replaced', length + 2)).taken, {});
  });

  it('works for a script that does not exec, with NotifyAccess=all', async () => {
    await systemd.systemctl('start', 'script');
    const { kept } = await systemd.report('script', 1);
    await systemd.systemctl('kill', '--signal=SIGKILL', 'script');
    deepEqual((await systemd.report('script', 2)).taken, kept);
    await systemd.systemctl('stop', 'script');
  });

  it('is named where a script starts a process again that only systemd can hand its sockets to', async () => {
    await systemd.systemctl('stop', 'table');
    await systemd.systemctl('start', 'loop');
    const { pid, kept } = await systemd.report('loop', 1);
    await systemd.run('kill', '-KILL', String(pid));
    const { code, message = '' } = await systemd.report('loop', 2);
    equal(code, 'ERR_MFC_TABLE_IN_USE');
    match(message, /^systemd \(pid 1\) owns the default IPv4 .* stop that service and start it again\.$/);
    await systemd.systemctl('restart', 'loop');
    deepEqual((await systemd.report('loop', 3)).taken, kept);
    await systemd.systemctl('stop', 'loop');
  });

  for (const [unit, why] of [
    ['none', 'without a store'],
    ['full', 'whose store is too small'],
    ['script-main', 'where only the script may speak'],
  ] as const) {
    it(`says what to add to a service ${why}`, async () => {
      await systemd.systemctl('start', unit);
      const { code, message = '', kept } = await systemd.report(unit, 1);
      deepEqual([code, kept], ['ERR_MFC_STORE', {}]);
      match(
        message,
        new RegExp(
          `^The service manager keeps no sockets for ${unit}\\.service\\. Run 'sudo systemctl edit' .*FileDescriptorStoreMax=64`,
        ),
      );
      equal(await systemd.show(unit, 'NFileDescriptorStore'), '0');
      await systemd.systemctl('stop', unit);
    });
  }
});
