// Another program that routes on the same table: it is named, and when it ends the saved routes forward, without anybody's doing.

import { equal, match } from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type Host, Lab } from '../lab/lab';
import { flow, STANDARD } from '../nodes/flows';
import { NodeRed } from '../nodes/node-red';
import { kill, killAll, startOther } from '../nodes/other-process';

const GROUP = '239.10.70.1';

describe('a neighbour', () => {
  let lab: Lab;
  let camera: Host;
  let tv: Host;
  let red: NodeRed;

  before(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    tv = await lab.host('tv');
  });
  after(() => lab.close());
  afterEach(async () => {
    await killAll();
    await red.close();
  });

  it('that owns the table is named; when it ends, saved routes forward by themselves', async () => {
    red = await NodeRed.start(flow());
    const route = { source: camera.ipv4, group: GROUP, iif: 'camera', oifs: ['tv'] };
    writeFileSync(red.stateFile(), JSON.stringify({ mfc_rules: [route] }));
    const { child: other } = await startOther("src('kernel/linux').linux.openMroute(4); console.log('open');");
    await red.deploy(STANDARD, 'full');
    await red.untilStatus('add', 'red ring closed: table in use');
    match(
      red.logged('error').join('\n'),
      new RegExp(`^node \\(pid ${other.pid}\\) owns the default IPv4 multicast routing`),
    );
    await kill(other);
    await red.untilStatus('add', 'green dot open · 1 route');
    await tv.join(GROUP);
    const sent = await camera.send(GROUP, { count: 100, rate: 1_000 });
    await tv.waitFor(GROUP, sent);
    equal((await tv.count(GROUP, { sent })).lost, 0);
  });
});
