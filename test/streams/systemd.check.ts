// A stream over kills and restarts of a Node-RED that is a systemd service: its file descriptor store keeps the sockets.
//
// Not among the tests of `npm test`, since systemd needs root. By hand, as root:
//   node dist/test/lab/run.js mocha dist/test/streams/systemd.check.js

import { deepEqual, equal } from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Systemd } from '../keep/systemd';
import { type Host, Lab, until } from '../lab/lab';
import { checkout } from '../lab/namespace';
import { edited } from './flows';
import { installPackage } from './ground';

const TIMES = 20;
const GROUP = '239.10.80.1';
const RATE = 1_000;
/** In a network namespace of our own every port is free. */
const URL = 'http://127.0.0.1:1880';
const DEADLINE_MS = 60_000;
const RED = `${process.execPath} ${join(checkout, 'node_modules/node-red/red.js')} --userDir /run/shared/user flows.json`;

describe('streams over restarts: a systemd service', function systemdSuite() {
  this.timeout(1_200_000);
  let lab: Lab;
  let camera: Host;
  let tv: Host;
  let systemd: Systemd;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv = await lab.host('tv');
    systemd = await Systemd.boot({ red: [`ExecStart=${RED}`, 'FileDescriptorStoreMax=64'] }, (shared) => {
      const user = join(shared, 'user');
      mkdirSync(user);
      installPackage(user);
      writeFileSync(join(user, 'flows.json'), JSON.stringify(edited('routes', { keepForwarding: true })));
    });
    await systemd.systemctl('start', 'red');
  });
  after(async () => {
    await systemd?.end();
    await lab.close();
  });

  /** Posts as soon as the flows run. */
  async function post(path: string, payload: object): Promise<{ mfc_rules: object[] }> {
    const attempt = async () => {
      const response = await fetch(URL + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      }).catch(() => undefined); // it does not listen yet
      return response?.ok === true && ((await response.json()) as { mfc_rules: object[] });
    };
    return until(attempt, () => `Node-RED should answer ${path}:\n${systemd.log}`, DEADLINE_MS);
  }

  const route = (group: string) => ({ source: camera.ipv4, group, iif: 'camera', oifs: ['tv'] });
  const pid = () => systemd.show('red', 'MainPID');

  it(`${TIMES} kills and ${TIMES} restarts: nothing is lost, nothing doubled`, async () => {
    await tv.join(GROUP);
    await post('/add', route(GROUP));
    const stream = await camera.stream(GROUP, { rate: RATE });
    for (let i = 0; i < 2 * TIMES; i++) {
      const before = await pid();
      if (i % 2 === 0) await systemd.systemctl('kill', '--signal=SIGKILL', 'red');
      else await systemd.systemctl('restart', 'red');
      await until(async () => !['0', before].includes(await pid()), 'The service should run again.', DEADLINE_MS);
      await post('/add', route(`239.10.81.${i}`));
    }
    const sent = await stream.stop();
    await tv.waitFor(GROUP, sent).catch(() => undefined); // the counts tell how many are missing
    const { lost, duplicated } = await tv.count(GROUP, { sent });
    deepEqual([lost, duplicated], [0, 0]);
    equal((await post('/state', {})).mfc_rules.length, 2 * TIMES + 1);
    const table = JSON.parse(await lab.ip('-s', '-j', 'mroute', 'show')) as { dst: string; packets: number }[];
    equal(table.find(({ dst }) => dst === GROUP)?.packets, sent);
  });
});
