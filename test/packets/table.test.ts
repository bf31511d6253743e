/**
 * Another table than the kernel's default one: packets reach it by a rule only, and the answer says so while there is none.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Controller } from '../../src/controller/controller';
import { Router } from './router';

describe('another routing table', () => {
  let router: Router;
  let controller: Controller;

  before(async () => {
    router = await Router.open();
    controller = new Controller({ stateFile: join(router.directory, 'table.json'), table: '100' });
    await controller.open();
  });
  after(async () => {
    await resetRules();
    await controller.close();
    await router.close();
  });

  /** The rules that a namespace has from the start. `flush` leaves those with the preference 0. */
  async function resetRules(): Promise<void> {
    for (const [ip, table] of [
      [[], 'default'],
      [['-6'], 'main'],
    ] as const) {
      await router.lab.ip(...ip, 'mrule', 'flush');
      await router.lab.ip(...ip, 'mrule', 'del', 'pref', '0').catch(() => undefined);
      await router.lab.ip(...ip, 'mrule', 'add', 'lookup', table, 'pref', '32767');
    }
  }

  for (const [name, group, sourceOf, ip] of [
    ['IPv4', '239.10.40.1', (r: Router) => r.camera.ipv4, []],
    ['IPv6', 'ff15::40:1', (r: Router) => r.camera.ipv6, ['-6']],
  ] as const) {
    it(`${name}: without a rule the answer says which one is missing; with it packets flow`, async () => {
      await router.joinAll(group);
      const route = { source: sourceOf(router), group, iif: 'camera', oifs: ['tv1'] };
      const missing = await controller.add(route);
      assert.equal(missing.warnings?.length, 1);
      assert.match(missing.warnings[0] ?? '', /mrule add iif camera lookup 100/);
      await router.camera.send(group, { count: 5 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);

      await router.lab.ip(...ip, 'mrule', 'add', 'iif', 'tv3', 'lookup', '100');
      assert.equal((await controller.add(route)).warnings?.length, 1, 'a rule for another interface does not help');
      await router.lab.ip(...ip, 'mrule', 'add', 'iif', 'camera', 'lookup', '100');
      assert.equal((await controller.add(route)).warnings, undefined);
      await router.camera.send(group, { count: 10 });
      await router.tv1.waitFor(group, 10);
      assert.deepEqual(await router.received(group), [10, 0, 0]);
      assert.equal((await controller.state({ group })).mfc_rules[0]?.packets, 10);
    });
  }

  it('a rule for all interfaces serves as well', async () => {
    await resetRules();
    await router.lab.ip('mrule', 'add', 'lookup', '100');
    const answer = await controller.add({ group: '239.10.40.2', iif: 'tv2', oifs: ['tv1'] });
    assert.equal(answer.warnings, undefined);
  });

  for (const [title, group, ...rule] of [
    ['behind that of the default table', '239.10.40.3', 'iif', 'camera', 'lookup', '100', 'pref', '40000'],
    ['for all interfaces but this one', '239.10.40.4', 'not', 'iif', 'camera', 'lookup', '100'],
  ] as const) {
    it(`a rule ${title} does not help, and the answer says so`, async () => {
      await router.joinAll(group);
      await resetRules();
      await router.lab.ip('mrule', 'add', ...rule);
      const route = { source: router.camera.ipv4, group, iif: 'camera', oifs: ['tv1'] };
      assert.match((await controller.add(route)).warnings?.join() ?? '', /mrule add iif camera lookup 100/);
      await router.camera.send(group, { count: 5 });
      assert.deepEqual(await router.received(group), [0, 0, 0]);
      await controller.del({ source: route.source, group });
    });
  }
});
