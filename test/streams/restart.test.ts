// What restarts do to streams, with a real Node-RED and the process that holds the sockets meanwhile.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdersOf } from '../keep/holders';
import { Random, SEED } from '../lab/random';
import { DEADLINE_MS, until } from '../lab/until';
import { edited, FLOW, without } from './flows';
import { Ground } from './ground';

const KILLS = 20;
const ENDED_DEPLOYS = 10;
const KEPT = edited('routes', { keepForwarding: true });

/** Routes as the file has them. */
interface Saved {
  mfc_rules: { group: string; iif: string; oifs: string[]; expires_at?: number }[];
}

describe('streams over restarts', function restarts() {
  this.timeout(1_200_000);
  let ground: Ground;

  beforeEach(async () => {
    ground = await Ground.open(KEPT);
  });
  afterEach(() => ground.close());

  const file = () => join(ground.userDir, 'mfc-routes.json');
  const edit = (change: (saved: Saved) => void) => {
    const saved = JSON.parse(readFileSync(file(), 'utf8')) as Saved;
    change(saved);
    writeFileSync(file(), JSON.stringify(saved));
  };
  /** Neither the process that keeps sockets is there nor its file. */
  async function untilNobodyHolds(): Promise<void> {
    const files = () => readdirSync(ground.userDir).filter((name) => name.endsWith('.holder'));
    await until(
      () => holdersOf('routes').length === 0 && files().length === 0,
      () => `No holder should be there: ${holdersOf('routes')} ${files()}`,
    );
  }

  it(`${KILLS} kills: nothing is lost, nothing doubled, and routes can be added after each`, async () => {
    const others = Array.from({ length: KILLS }, () => ground.group());
    await ground.keepsFlowing(async (flows) => {
      for (const other of others) {
        await ground.end('SIGKILL');
        await flows();
        await ground.start();
        await ground.add(other);
      }
    });
    equal((await ground.routes()).length, KILLS + 1);
    equal(holdersOf('routes').length, 1);
  });

  it(`${ENDED_DEPLOYS} ends at any moment of a deploy, kills too: nothing is lost, nothing doubled, and all routes are there`, async () => {
    const random = new Random(SEED);
    const flows = [
      (i: number) => edited('routes', { meterInterval: `${1 + (i % 9)}` }, KEPT),
      (i: number) => edited('routes', { keepSeconds: `${100 + i}` }, KEPT),
      (i: number) => edited('routes', { watchInterfaces: i % 2 === 0 ? 'camera' : '' }, KEPT),
      (i: number) => edited('add', { name: `No. ${i}` }, KEPT),
    ];
    await ground.keepsFlowing(async (flowsOn) => {
      for (let i = 0; i < ENDED_DEPLOYS; i++) {
        const type = random.pick(['full', 'flows', 'nodes'] as const);
        const deploy = ground.red.sendFlow(random.pick(flows)(i), type).catch(() => undefined);
        await pause(random.below(60));
        await ground.end(random.pick(['SIGKILL', 'SIGTERM']));
        await deploy;
        await flowsOn();
        await ground.start();
        await ground.add(ground.group());
      }
    });
    const { mfc_rules } = await ground.state();
    deepEqual(mfc_rules.map(({ group }) => group).sort(), await ground.groups());
    equal(mfc_rules.length, ENDED_DEPLOYS + 1);
  });

  it('a stop and a start: nothing is lost, nothing doubled', async () => {
    await ground.keepsFlowing(async (flows) => {
      await ground.end('SIGTERM');
      await flows();
      await ground.start();
      await ground.state();
    });
  });

  it('a holder that does not answer for too long: nothing is lost, and it is taken over from when it does', async () => {
    await ground.keepsFlowing(async (flows) => {
      const [holder] = holdersOf('routes');
      ok(holder !== undefined);
      await ground.end('SIGKILL');
      process.kill(holder, 'SIGSTOP');
      try {
        await flows();
        await ground.start();
        await until(
          () => /owns the default IPv4 multicast routing table/.test(ground.red.log),
          () => `The controller should give up for now:\n${ground.red.log}`,
          3 * DEADLINE_MS, // it waits for an answer for a while
        );
      } finally {
        process.kill(holder, 'SIGCONT');
      }
      const isOpen = async () => {
        const { controllers } = JSON.parse(await ground.red.get('/mfc/controllers'));
        return controllers[0].state === 'open';
      };
      await until(isOpen, () => `The controller should open:\n${ground.red.log}`);
      await ground.add(ground.group());
      deepEqual(holdersOf('routes'), [holder]);
    });
  });

  it('a stop without the option ends the stream; the start brings it back', async () => {
    await ground.red.deploy(FLOW);
    await ground.add('239.10.60.1');
    await ground.end('SIGTERM');
    await ground.untilFree();
    await ground.start();
    await ground.state();
    deepEqual(await ground.groups(), ['239.10.60.1']);
  });

  it('a lease goes on while Node-RED is down: what is over at the start is out of the kernel at once', async () => {
    const [lasting, ending] = [ground.group(), ground.group()];
    await ground.red.post('/add', { ...ground.route(lasting), expires_in: 600 });
    await ground.red.post('/add', { ...ground.route(ending), expires_in: 60 });
    await ground.end('SIGKILL');
    deepEqual(await ground.groups(), [lasting, ending], 'the holder knows nothing of leases');
    edit(({ mfc_rules }) => {
      // As if it had been down for 100 s.
      for (const rule of mfc_rules) if (rule.expires_at !== undefined) rule.expires_at -= 100_000;
    });
    await ground.start();
    const { mfc_rules } = await ground.state();
    deepEqual(
      mfc_rules.map(({ group }) => group),
      [lasting],
    );
    const left = mfc_rules[0]?.expires_in ?? 0;
    ok(left > 400 && left <= 500, `${left} s are left`);
    deepEqual(await ground.groups(), [lasting]);
  });

  it('the option switched off: nobody holds the sockets, the stream flows on', async () => {
    await ground.keepsFlowing(async (flows) => {
      equal(holdersOf('routes').length, 1);
      await ground.red.deploy(FLOW, 'nodes');
      await untilNobodyHolds();
      await flows();
    });
  });

  it('the controller deleted: nobody holds the sockets, the table is free', async () => {
    await ground.add('239.10.60.1');
    await ground.red.deploy(without('routes'), 'nodes');
    await untilNobodyHolds();
    await ground.untilFree();
  });

  it('the controller deleted while Node-RED was down: the table is free when the time is over', async () => {
    await ground.red.deploy(edited('routes', { keepForwarding: true, keepSeconds: '1' }));
    await ground.add('239.10.60.1');
    await ground.end('SIGTERM');
    ground.save(without('routes'));
    await ground.start();
    await untilNobodyHolds();
    await ground.untilFree();
  });

  it('keepSeconds over: nobody holds the sockets, the table is free, the file is gone', async () => {
    await ground.red.deploy(edited('routes', { keepForwarding: true, keepSeconds: '1' }));
    await ground.add('239.10.60.1');
    const start = performance.now();
    await ground.end('SIGKILL');
    await untilNobodyHolds();
    const seconds = (performance.now() - start) / 1_000;
    ok(seconds >= 1, `${seconds} s`);
    await ground.untilFree();
    equal(existsSync(file()), true);
  });

  it('routes edited in the file meanwhile: exactly these differ', async () => {
    const [removed, changed, added] = ['239.10.60.1', '239.10.60.2', '239.10.60.3'];
    await ground.lab.link('eth1');
    await ground.keepsFlowing(async (flows) => {
      await ground.add(removed);
      await ground.add(changed);
      const before = await ground.groups();
      await ground.end('SIGKILL');
      edit((saved) => {
        saved.mfc_rules = saved.mfc_rules.filter(({ group }) => group !== removed);
        for (const rule of saved.mfc_rules) if (rule.group === changed) rule.oifs = ['eth1'];
        saved.mfc_rules.push({ ...ground.route(added) });
      });
      await flows();
      await ground.start();
      const { mfc_rules, vif_map } = await ground.state();
      const outputs = new Map(mfc_rules.map(({ group, oifs }) => [group, oifs]));
      deepEqual([outputs.get(changed), outputs.get(added), outputs.has(removed)], [['eth1'], ['tv'], false]);
      deepEqual(Object.keys(vif_map).sort(), ['camera', 'eth1', 'tv']);
      deepEqual(await ground.groups(), [...before.filter((group) => group !== removed), added].sort());
    });
  });

  it('an interface deleted and made again meanwhile: its routes forward again', async () => {
    const { lab, tv, camera } = ground;
    const group = '239.10.60.1';
    await ground.keepsFlowing(async (flows) => {
      await lab.link('eth1');
      await ground.red.post('/add', { ...ground.route(group), oifs: ['tv', 'eth1'] });
      await ground.end('SIGKILL');
      await lab.unlink('eth1');
      await lab.link('eth1');
      await flows();
      await ground.start();
      const rule = (await ground.state()).mfc_rules.find((one) => one.group === group);
      deepEqual([rule?.state, rule?.oifs], ['active', ['tv', 'eth1']]);
    });
    await tv.join(group);
    await tv.waitFor(group, await camera.send(group, { count: 10 }));
    const { vif_map } = await ground.state();
    equal(vif_map.eth1?.packets_out, 10);
  });
});
