// What receivers are told of interfaces: on the fake kernel, and on the real one where it has its own ways.

import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller } from '../../src/controller/controller';
import { Bench } from '../controller/bench';
import { Told } from '../controller/told';
import { Lab } from '../lab/lab';

const ROUTE = { source: '10.0.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const events = ['interface_up', 'interface_down', 'interface_gone', 'interface_back'];

describe('events: interfaces', () => {
  let bench: Bench;
  let told: Told;
  beforeEach(async () => {
    bench = await Bench.open();
    told = new Told(bench.controller, { events });
    await bench.controller.add(ROUTE);
  });
  afterEach(() => bench.close());

  it('down, up, gone and back', async () => {
    const { kernel } = bench;
    kernel.setLink('in1', { up: false });
    await told.untilTold('interface_down in1');
    kernel.setLink('in1', { up: true });
    await told.untilTold('interface_up in1');
    kernel.delLink('in1');
    await told.untilTold('interface_gone in1');
    kernel.addLink('in1', { up: false });
    await told.untilTold('interface_back in1');
    kernel.setLink('in1', { up: true });
    await told.untilTold('interface_up in1');
  });

  it('one without a carrier is down', async () => {
    const { kernel } = bench;
    kernel.setLink('in1', { running: false });
    await told.untilTold('interface_down in1');
    kernel.setLink('in1', { up: false });
    kernel.setLink('in1', { up: true });
    await told.untilTold('interface_up in1');
  });

  it('a moment of being down is told, however late it is read', async () => {
    bench.kernel.holdEvents();
    bench.kernel.setLink('out1', { up: false });
    bench.kernel.setLink('out1', { up: true });
    bench.kernel.releaseEvents();
    await told.untilTold('interface_down out1', 'interface_up out1');
  });

  it('one that is made anew under its name', async () => {
    bench.kernel.delLink('out1');
    bench.kernel.addLink('out1');
    await told.untilTold('interface_gone out1', 'interface_back out1', 'interface_up out1');
  });

  it('one with a new name is still there, and is told under that name', async () => {
    const { kernel } = bench;
    kernel.renameLink('out1', 'lan1');
    kernel.setLink('lan1', { up: false });
    await told.untilTold('interface_down lan1');
    kernel.renameLink('lan1', 'lan2');
    kernel.delLink('lan2'); // before the routes have followed
    await told.untilTold('interface_gone lan2');
  });

  it('one whose name a route only waits with: the name is gone, and comes with another one', async () => {
    const { kernel, controller } = bench;
    await controller.add({ ...ROUTE, group: '239.1.1.2', iif: 'in9', oifs: ['out3'], allow_absent: true });
    kernel.renameLink('out3', 'lan3');
    await told.untilTold('interface_gone out3');
    kernel.renameLink('out4', 'out3');
    await told.untilTold('interface_back out3');
    kernel.addLink('in9');
    await told.untilTold('interface_back in9', 'interface_up in9');
  });

  it('none that no route names', async () => {
    const { kernel, controller } = bench;
    kernel.setLink('out4', { up: false });
    kernel.delLink('out4');
    kernel.addLink('new');
    await controller.del({ source: ROUTE.source, group: ROUTE.group });
    kernel.setLink('out1', { up: false });
    await controller.add({ ...ROUTE, oifs: ['out2'] });
    kernel.setLink('out2', { up: false });
    await told.untilTold('interface_down out2');
  });

  it('those where hosts open outputs, and those that a pattern takes', async () => {
    const { kernel, controller } = bench;
    await controller.add({ group: '239.2.0.0/16', iif: 'in+', oifs: ['out3'] });
    kernel.setLink('in2', { up: false });
    await told.untilTold('interface_down in2');
    await controller.add({ group: '239.3.3.3', iif: 'in1', oifs: 'members', members: { among: ['out4'] } });
    kernel.setLink('out4', { up: false });
    await told.untilTold('interface_down out4');
  });

  it('what was missed is told when that is known', async () => {
    const { kernel } = bench;
    kernel.loseEvents();
    kernel.setLink('in1', { up: false });
    kernel.delLink('out1');
    kernel.addLink('out1', { up: false });
    await bench.controller.state({});
    await told.untilTold('interface_gone out1', 'interface_down in1', 'interface_back out1');
  });

  it('what was before anybody asked is not told', async () => {
    bench.kernel.setLink('in1', { up: false });
    await bench.controller.state({});
    await nextTurn();
    told.events.length = 0;
    told.subscription.end();
    bench.kernel.setLink('in1', { up: true });
    await bench.controller.state({});
    const later = new Told(bench.controller, { events });
    bench.kernel.setLink('in1', { up: false });
    await later.untilTold('interface_down in1');
    equal(told.events.length, 0);
  });
});

describe('events: interfaces of the real kernel', () => {
  let lab: Lab;
  let folder: string;
  let controller: Controller;
  let told: Told;

  before(async () => {
    lab = await Lab.open();
    await lab.link('eth1', 'eth2');
    folder = await mkdtemp(join(tmpdir(), 'mfc-link-events-'));
    controller = new Controller({ stateFile: join(folder, 'state.json') });
    await controller.open();
    await controller.add({ ...ROUTE, iif: 'eth1', oifs: ['eth2'] });
    told = new Told(controller, { events });
  });
  after(async () => {
    await controller.close();
    await rm(folder, { recursive: true });
    await lab.close();
  });

  it('go down and up, each time', async () => {
    await lab.ip('link', 'set', 'eth1', 'down');
    await lab.ip('link', 'set', 'eth1', 'up');
    await told.untilTold('interface_down eth1', 'interface_up eth1');
  });

  it('lose their carrier and get it back, which the route and who adds one are told', async () => {
    const tv = await lab.host('tv');
    const toTv = { ...ROUTE, group: '239.1.1.2', iif: 'eth1', oifs: ['tv'] };
    equal((await controller.add(toTv)).warnings, undefined);
    await tv.ip('link', 'set', 'eth0', 'down');
    await told.untilTold('interface_down tv');
    const { mfc_rules } = await controller.state({ group: toTv.group });
    deepEqual([mfc_rules[0]?.state, mfc_rules[0]?.reason], ['degraded', "Interface 'tv' has no carrier."]);
    const { warnings } = await controller.add(toTv);
    match(warnings?.join() ?? '', /^Interface 'tv' has no carrier\. Packets flow when it has one:/);
    await tv.ip('link', 'set', 'eth0', 'up');
    await told.untilTold('interface_up tv');
    equal((await controller.state({ group: toTv.group })).mfc_rules[0]?.state, 'active');
    await lab.ip('link', 'set', 'tv', 'down');
    await told.untilTold('interface_down tv');
    equal((await controller.state({ group: toTv.group })).mfc_rules[0]?.reason, "Interface 'tv' is down.");
    await controller.del({ source: toTv.source, group: toTv.group });
  });

  it('are there while they are ports of a bridge, and after', async () => {
    await lab.ip('link', 'add', 'br0', 'type', 'bridge');
    await lab.ip('link', 'set', 'eth2', 'master', 'br0');
    await lab.ip('link', 'set', 'eth2', 'nomaster');
    await lab.ip('link', 'del', 'br0');
    await lab.ip('link', 'set', 'eth2', 'down');
    await lab.ip('link', 'set', 'eth2', 'up');
    await told.untilTold('interface_down eth2', 'interface_up eth2');
  });

  it('have new names', async () => {
    await lab.ip('link', 'set', 'eth2', 'name', 'lan2');
    await lab.ip('link', 'set', 'lan2', 'down');
    await told.untilTold('interface_down lan2');
    await lab.ip('link', 'set', 'lan2', 'up', 'name', 'eth2');
    await told.untilTold('interface_up eth2');
    deepEqual((await controller.state({})).mfc_rules[0]?.oifs, ['eth2']);
  });

  it('are deleted and made anew', async () => {
    await lab.unlink('eth2');
    await told.untilTold('interface_down eth2', 'interface_gone eth2');
    await lab.link('eth2');
    await told.untilTold('interface_back eth2', 'interface_up eth2');
  });
});
