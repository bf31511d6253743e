/**
 * Another program deletes and changes our entries under a running stream: they are back before anybody can look.
 */
import assert from 'node:assert/strict';
import type { MfcEntry } from '../../src/abi/family';
import { Intruder } from '../kernel/intruder';
import { Stalls } from '../lab/stalls';
import { Router } from './router';

const RATE = 1000;
/** For so long the stream may be interrupted each time, in ms; and for as long as the machine does not let this process run. */
const INTERRUPTION = 100;

describe('another program writes to the table', () => {
  let router: Router;
  const intruder = new Intruder();
  const warnings: Error[] = [];

  before(async () => {
    router = await Router.open();
    router.controller.on('warning', (warning) => warnings.push(warning));
  });
  after(async () => {
    await intruder.end();
    await router.close();
  });

  for (const [version, group, sourceOf] of [
    [4, '239.10.70.1', (r: Router) => r.camera.ipv4],
    [6, 'ff15::70:1', (r: Router) => r.camera.ipv6],
  ] as const) {
    it(`IPv${version}: a deleted entry and a changed one are put back while the stream runs`, async () => {
      const source = sourceOf(router);
      await router.tv1.join(group);
      await router.controller.add({ source, group, iif: 'camera', oifs: ['tv1'] });
      const entry: MfcEntry = { version, source, group, parent: 0, outputs: [] };
      const stream = await router.camera.stream(group, { rate: RATE });
      await router.tv1.waitFor(group, 100);
      const stalls = new Stalls();
      for (const verb of ['del', 'add'] as const) {
        const before = warnings.length;
        await intruder.do({ verb, entries: [entry] });
        await router.tv1.waitFor(group, (await router.tv1.count(group)).received + 100);
        assert.equal(warnings.length, before + 1);
        assert.match(warnings.at(-1)?.message ?? '', /Another program deleted or changed the MFC entry/);
      }
      const mayBeLost = (RATE * (2 * INTERRUPTION + stalls.stop())) / 1_000;
      const sent = await stream.stop();
      await router.tv1.settle();
      const { lost, duplicated } = await router.tv1.count(group, { sent });
      assert.ok(lost <= mayBeLost, `${lost} lost, more than ${mayBeLost}`);
      assert.equal(duplicated, 0);
      assert.equal((await router.controller.state({ group })).mfc_rules[0]?.state, 'active');
      await router.controller.del({ source, group });
    });

    it(`IPv${version}: its own entry is shown and left alone`, async () => {
      const source = sourceOf(router);
      const theirs: MfcEntry = { version, source, group: group.replace('70', '71'), parent: 0, outputs: [] };
      await router.controller.add({ source, group, iif: 'camera', oifs: ['tv1'] });
      await intruder.do({ verb: 'add', entries: [theirs] });
      const [, foreign] = (await router.controller.state({})).mfc_rules;
      assert.deepEqual([foreign?.group, foreign?.iif, foreign?.state], [theirs.group, 'camera', 'foreign']);
      await router.controller.del({ source, group });
      assert.equal((await router.controller.state({})).mfc_rules.length, 1);
      await intruder.do({ verb: 'del', entries: [theirs] });
      assert.deepEqual((await router.controller.state({})).mfc_rules, []);
    });
  }
});
