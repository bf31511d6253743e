/**
 * Another program deletes and changes our entries under a running stream: they are back before anybody can look.
 */
import assert from 'node:assert/strict';
import type { MfcEntry } from '../../src/abi/family';
import { Intruder } from '../kernel/intruder';
import { Router } from './router';

const RATE = 1000;
/** Packets in the time in which the stream may be interrupted, 100 ms each time. */
const MAY_BE_LOST = RATE / 10;

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
      for (const verb of ['del', 'add'] as const) {
        const before = warnings.length;
        await intruder.do({ verb, entries: [entry] });
        await router.tv1.waitFor(group, (await router.tv1.count(group)).received + 100);
        assert.equal(warnings.length, before + 1);
        assert.match(warnings.at(-1)?.message ?? '', /Another program deleted or changed the MFC entry/);
      }
      const sent = await stream.stop();
      await router.tv1.settle();
      const { lost, duplicated } = await router.tv1.count(group, { sent });
      assert.ok(lost <= 2 * MAY_BE_LOST, `${lost} lost`);
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
