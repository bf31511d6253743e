// Guard rails: what a message may not do is refused with the rule's name, and nothing is changed. What is there already is never refused.

import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { MfcError } from '../../src/errors';
import { parseRails, type RailSettings } from '../../src/routing/rails';
import type { Rule } from '../../src/routing/route';
import { Random, SEED } from '../lab/random';
import { until } from '../lab/until';
import { Bench } from './bench';
import { Told } from './told';

const A = { source: '10.1.0.1', group: '239.1.1.1', iif: 'in1', oifs: ['out1'] };
const ANY = { group: '239.1.1.2', iif: 'in1', oifs: ['out1'] };

describe('controller: guard rails', () => {
  let bench: Bench;
  afterEach(() => bench.close());

  /** The routes are there before the rails are. */
  async function open(rails: RailSettings, there: object[] = []): Promise<void> {
    bench = await Bench.open();
    if (there.length > 0) await bench.controller.add(there);
    await bench.stop();
    bench.replace([], rails);
    await bench.controller.open();
  }

  async function denies(task: () => Promise<unknown>, rule: string, field: string, message: RegExp): Promise<void> {
    const before = await bench.observe();
    await rejects(task, (error: MfcError) => {
      deepEqual([error.code, error.cause.rule, error.cause.field], ['ERR_MFC_DENIED', rule, field]);
      ok(error.message.startsWith(`Denied by ${rule}: `), error.message);
      match(error.message, message);
      return true;
    });
    deepEqual(await bench.observe(), before);
  }

  for (const [rails, message, field, text] of [
    [{ allowedInterfaces: 'in1, out1' }, { ...A, oifs: ['out1', 'out2'] }, 'oifs', /Interface 'out2' is not allowed/],
    [{ allowedInterfaces: 'in1, out1' }, { ...A, iif: 'in2' }, 'iif', /Interface 'in2' is not allowed/],
    [{ allowedInterfaces: 'in1, out+' }, { ...A, iif: 'in+' }, 'iif', /Interface 'in\+' is not allowed/],
    [{ allowedInterfaces: 'in+, out+' }, { group: A.group, oifs: ['out1'] }, 'iif', /All interfaces are meant.*"iif"/],
    [
      { allowedInterfaces: 'in1, out1' },
      { ...A, oifs: 'members' },
      'members.among',
      /All interfaces .*"members\.among"/,
    ],
    [
      { allowedInterfaces: 'in1, out1' },
      { ...A, oifs: 'members', members: { among: ['out1', 'out2'] } },
      'members.among',
      /Interface 'out2'/,
    ],
    [{ allowedGroups: '239.1.1.2, 239.2.0.0/16' }, A, 'group', /Group 239\.1\.1\.1 is not allowed/],
    [{ allowedGroups: '239.1.0.0/16' }, { ...A, source: '*', group: '239.0.0.0/8' }, 'group', /Group 239\.0\.0\.0\/8/],
    [{ allowedGroups: 'ff3e::/16' }, A, 'group', /Group 239\.1\.1\.1 is not allowed/],
    [{ allowedSources: '10.2.0.0/16' }, A, 'source', /Source 10\.1\.0\.1 is not allowed/],
    [{ allowedSources: '10.1.0.0/16' }, ANY, 'source', /Source \* is not allowed/],
    [{ allowedSources: '*' }, A, 'source', /Source 10\.1\.0\.1 is not allowed/],
  ] as const) {
    const rule = Object.keys(rails)[0] ?? '';
    it(`${rule} ${Object.values(rails)[0]} denies ${JSON.stringify(message)}`, async () => {
      await open(rails);
      await denies(() => bench.controller.add(message), rule, field, text);
      await denies(() => bench.controller.set([message]), rule, `payload[0].${field}`, text);
      await denies(() => bench.controller.set({ mfc_rules: [message] }), rule, `mfc_rules[0].${field}`, text);
      await denies(() => bench.controller.add([message], { dry_run: true }), rule, `payload[0].${field}`, text);
    });
  }

  for (const [rails, message] of [
    [{ allowedInterfaces: 'in+, out1' }, A],
    [{ allowedInterfaces: 'in+, out1' }, { ...A, iif: 'in+' }],
    [{ allowedInterfaces: '*' }, { group: A.group, oifs: 'members' }],
    [{ allowedInterfaces: 'in1, out1' }, { ...A, oifs: 'members', members: { among: ['out1'] } }],
    [{ allowedGroups: '239.1.1.1' }, A],
    [{ allowedGroups: '239.1.0.0/16, ff3e::/16' }, { ...A, source: '*', group: '239.1.1.0/24' }],
    [{ allowedSources: '10.1.0.0/16, *' }, A],
    [{ allowedSources: '10.1.0.0/16, *' }, ANY],
    [{ maxRoutes: '1' }, A],
  ] as const) {
    it(`${JSON.stringify(rails)} lets ${JSON.stringify(message)} through`, async () => {
      await open(rails);
      equal((await bench.controller.add(message)).changed, true);
      equal((await bench.controller.del(message)).changed, true);
    });
  }

  it('of groups and sources hold for deletions; of interfaces do not', async () => {
    await open({ allowedGroups: '239.2.0.0/16' }, [A]);
    await denies(() => bench.controller.del(A), 'allowedGroups', 'group', /239\.1\.1\.1/);
    await bench.close();
    await open({ allowedInterfaces: 'in2' }, [{ ...A, oifs: ['out1', 'out2', 'out3'] }]);
    equal((await bench.controller.del({ ...A, oifs: ['out2'] })).changed, true);
    const field = 'oifs';
    await denies(() => bench.controller.add({ ...A, oifs: ['out1', 'out4'] }), 'allowedInterfaces', field, /'out4'/);
    await denies(
      () => bench.controller.add({ ...A, iif: 'out4', oifs: ['out1'] }),
      'allowedInterfaces',
      'iif',
      /'out4'/,
    );
    equal((await bench.controller.del(A)).changed, true);
  });

  it('leave what is there alone: it may be sent again as it is', async () => {
    await open({ allowedGroups: '239.2.0.0/16', allowedInterfaces: 'in2', maxRoutes: 0 }, [A]);
    equal((await bench.controller.add(A)).changed, false);
    equal((await bench.controller.set(await bench.controller.state({}))).changed, false);
  });

  for (const rails of [{ allowedGroups: '239.1.1.2' }, { allowedSources: '*' }]) {
    it(`${JSON.stringify(rails)} keeps what it does not allow out of every table that is set`, async () => {
      await open(rails, [A, ANY]);
      const snapshot = await bench.controller.state({});
      const { previous, mfc_rules } = await bench.controller.set([]);
      deepEqual([previous.mfc_rules, mfc_rules], [[{ source: '*', ...ANY }], []]);
      deepEqual(await bench.savedRules(), [A]);
      equal((await bench.controller.set(previous)).message, 'Table set: 1 added.');
      equal((await bench.controller.set(snapshot)).changed, false);
      const rule = Object.keys(rails)[0] ?? '';
      const field = `payload[0].${rule === 'allowedGroups' ? 'group' : 'source'}`;
      await denies(() => bench.controller.set([{ ...A, oifs: ['out2'] }]), rule, field, /is not allowed here/);
    });
  }

  it('leave the hosts alone that count already', async () => {
    const open1 = { ...A, oifs: 'members' };
    const some = { ...ANY, oifs: 'members', members: { among: ['out1', 'out2'] } };
    await open({ allowedInterfaces: 'in1, out1' }, [open1, some]);
    for (const message of [open1, some, { ...some, members: { among: ['out2'] } }]) {
      equal((await bench.controller.add({ ...message, label: 'stage' })).changed, true);
    }
    const other = { ...some, members: { among: ['out2', 'out3'] } };
    await denies(() => bench.controller.add(other), 'allowedInterfaces', 'members.among', /'out3'/);
  });

  it('limit how many routes there are, but not how many go', async () => {
    await open({ maxRoutes: '2' }, [A, ANY, { ...ANY, group: '239.1.1.3' }]);
    await denies(
      () => bench.controller.add({ ...A, group: '239.1.1.4' }),
      'maxRoutes',
      'payload',
      /There would be 4 routes, and 2 are allowed/,
    );
    equal((await bench.controller.add({ ...A, oifs: ['out2'] })).changed, true);
    equal((await bench.controller.del(ANY)).changed, true);
    await denies(() => bench.controller.add({ ...A, group: '239.1.1.4' }), 'maxRoutes', 'payload', /3 routes/);
    await bench.controller.set([A, ANY]);
    await denies(
      () => bench.controller.set([A, ANY, { ...A, source: '10.1.0.2' }]),
      'maxRoutes',
      'payload',
      /3 routes/,
    );
  });

  describe('reserved routes', () => {
    const reservedRoutes = JSON.stringify([
      { ...A, label: 'house' },
      { group: '239.7.0.0/16', iif: 'in2', oifs: ['out4'] },
    ]);

    it('are there from the start, are no messages’ and not in the file', async () => {
      await open({ reservedRoutes, maxRoutes: 1 });
      const { mfc_rules } = await bench.controller.state({});
      deepEqual(
        mfc_rules.map(({ group, state, reserved }) => [group, state, reserved]),
        [
          ['239.1.1.1', 'active', true],
          ['239.7.0.0/16', 'active', true],
        ],
      );
      await bench.controller.add(ANY);
      deepEqual(await bench.savedRules(), [{ source: '*', ...ANY }]);
    });

    it('stay through every table that is set, and are in none that is answered', async () => {
      await open({ reservedRoutes }, [ANY]);
      const snapshot = await bench.controller.state({});
      const { previous } = await bench.controller.set([]);
      deepEqual(
        previous.mfc_rules.map(({ group }) => group),
        [ANY.group],
      );
      equal((await bench.controller.state({})).mfc_rules.length, 2);
      await bench.controller.set(snapshot);
      deepEqual((await bench.observe()).state.mfc_rules.length, 3);
    });

    it('go with the setting, unlike routes that a message made', async () => {
      await open({ reservedRoutes }, [ANY]);
      await bench.stop();
      bench.replace();
      await bench.controller.open();
      const { mfc_rules } = await bench.controller.state({});
      deepEqual(
        mfc_rules.map(({ group }) => group),
        [ANY.group],
      );
    });

    for (const [what, task] of [
      ['deletes one', () => bench.controller.del(A)],
      ['replaces one', () => bench.controller.add({ ...A, oifs: ['out2'] })],
      ['adds an output', () => bench.controller.add({ ...A, oifs: ['out2'], mode: 'merge' })],
      ['gives one an end', () => bench.controller.add({ ...A, expires_in: 10 })],
      ['takes a stream out of one', () => bench.controller.add({ ...A, group: '239.7.1.1' })],
      ['takes a part of one', () => bench.controller.add({ ...ANY, group: '239.7.1.0/24' })],
      ['leaves the input of one open', () => bench.controller.add({ ...A, iif: 'in+' })],
      ['sets another', () => bench.controller.set([{ ...A, oifs: ['out2'] }])],
      ['sets it under another label', () => bench.controller.set([{ ...A, label: 'stage' }], { label: 'stage' })],
    ] as const) {
      it(`deny a message that ${what}`, async () => {
        await open({ reservedRoutes });
        const field = what.startsWith('sets') ? 'payload[0].group' : 'group';
        await denies(task, 'reservedRoutes', field, /belongs to the reserved route .*Change it in the controller/);
      });
    }

    describe('that learn from some sources', () => {
      const some = {
        source: '10.1.0.0/16',
        group: '239.7.0.0/16',
        iif: 'in1',
        oifs: ['out1'],
        exclude: ['239.7.9.0/24'],
      };

      for (const [what, message] of [
        ['a longer prefix of groups', { group: '239.7.1.0/24', iif: 'in1', oifs: ['out2'] }],
        ['one group', { group: '239.7.1.1', iif: 'in1', oifs: ['out2'] }],
        ['one group wherever it comes in', { group: '239.7.1.1', oifs: ['out2'] }],
      ] as const) {
        it(`deny a message that takes ${what} of any source`, async () => {
          await open({ reservedRoutes: JSON.stringify([some]) });
          await denies(() => bench.controller.add(message), 'reservedRoutes', 'group', /belongs to the reserved route/);
        });
      }

      it('let through what they win against, and what they do not take', async () => {
        await open({ reservedRoutes: JSON.stringify([some]) });
        for (const message of [
          { group: '239.7.0.0/16', iif: 'in1', oifs: ['out2'] },
          { source: '10.0.0.0/8', group: '239.0.0.0/8', iif: 'in1', oifs: ['out2'] },
          { source: '10.2.0.1', group: '239.7.1.1', iif: 'in1', oifs: ['out2'] },
          { source: '10.1.0.1', group: '239.7.9.1', iif: 'in1', oifs: ['out2'] },
        ]) {
          equal((await bench.controller.add(message)).changed, true);
        }
      });
    });

    it('let go what was there before and takes streams from them', async () => {
      const part = { ...A, group: '239.7.1.1' };
      await open({ reservedRoutes }, [part, { ...part, group: '239.7.1.2' }]);
      equal((await bench.controller.del(part)).changed, true);
      equal((await bench.controller.set([])).changed, true);
      deepEqual(await bench.savedRules(), []);
    });

    for (const [what, saved, reserved] of [
      ['left open', { ...A, iif: 'in+' }, A],
      ['named', A, { ...A, iif: 'in+' }],
    ] as const) {
      it(`take the place of a saved route of the same stream whose input is ${what}`, async () => {
        await open({ reservedRoutes: JSON.stringify([reserved]) }, [saved, ANY]);
        const { mfc_rules } = await bench.controller.state({});
        deepEqual(
          mfc_rules.map(({ group, iif, reserved }) => [group, iif, reserved]),
          [
            [ANY.group, ANY.iif, undefined],
            [A.group, reserved.iif, true],
          ],
        );
        equal(bench.controller.status.routes, 2);
        await until(async () => (await bench.savedRules()).length === 1, 'the file should be without it');
        const told = new Told(bench.controller, { events: ['route_removed'] });
        await bench.controller.set([]);
        deepEqual(
          told.events.map(({ group }) => group),
          [ANY.group],
        );
        told.subscription.end();
      });
    }

    it('deny the deletion of what they have learnt', async () => {
      await open({ reservedRoutes });
      bench.kernel.upcall(4, { kind: 'nocache', source: '10.0.0.7', group: '239.7.1.1', iif: 'in2' });
      const isLearnt = async (): Promise<boolean> =>
        (await bench.controller.state({})).mfc_rules.some(({ learnt }) => learnt);
      await until(isLearnt, 'the stream should be learnt');
      await denies(
        () => bench.controller.del({ source: '10.0.0.7', group: '239.7.1.1', learnt: true }),
        'reservedRoutes',
        'group',
        /belongs to the reserved route \(\*, 239\.7\.0\.0\/16\)/,
      );
    });
  });

  describe('against loops', () => {
    const BACK = { group: A.group, iif: 'out1', oifs: ['in1'] };

    it('refuse a group that goes back, whichever the source, and say how to have it all the same', async () => {
      await open({}, [A]);
      await denies(
        () => bench.controller.add(BACK),
        'loops',
        'oifs',
        /\(\*, 239\.1\.1\.1\) goes from 'out1' to 'in1', and \(10\.1\.0\.1, 239\.1\.1\.1\) from 'in1' to 'out1': packets could circle\..* let the controller warn/,
      );
    });

    it('warn, set so', async () => {
      await open({ loops: 'warn' }, [A]);
      const { changed, warnings } = await bench.controller.add(BACK);
      equal(changed, true);
      match(warnings?.join() ?? '', /packets could circle/);
    });

    it('say nothing, set so', async () => {
      await open({ loops: 'allow' }, [A]);
      const { changed, warnings } = await bench.controller.add(BACK);
      deepEqual([changed, warnings], [true, undefined]);
    });

    it('look at a message as a whole: routes may change places', async () => {
      await open({}, [A]);
      equal((await bench.controller.set([BACK])).changed, true);
      const both = [
        { ...A, oifs: ['out2'] },
        { ...BACK, oifs: ['in2'] },
      ];
      equal((await bench.controller.add(both)).changed, true);
      await denies(
        () => bench.controller.add([A, { ...BACK, oifs: ['in2', 'in1'] }]),
        'loops',
        'payload[0].oifs',
        /packets could circle/,
      );
    });

    it('let a route turn round, and hosts open outputs', async () => {
      await open({}, [A]);
      equal((await bench.controller.add({ ...A, iif: 'out1', oifs: ['in1'] })).changed, true);
      equal((await bench.controller.add({ group: A.group, iif: 'in1', oifs: 'members' })).changed, true);
      equal((await bench.controller.add({ group: '239.1.0.0/16', iif: 'in+', oifs: ['out1'] })).changed, true);
    });

    it('leave those alone that are there already, whatever else becomes of their routes', async () => {
      await open({}, []);
      await bench.stop();
      bench.replace([], { loops: 'allow' });
      await bench.controller.open();
      await bench.controller.add([{ ...A, oifs: ['out1', 'out2'], expires_in: 100 }, BACK]);
      await bench.stop();
      bench.replace();
      await bench.controller.open();
      equal((await bench.controller.add({ ...A, oifs: ['out1', 'out2'], expires_in: 200 })).changed, true);
      equal((await bench.controller.add({ ...A, oifs: ['out1', 'out2'] })).changed, true);
      equal((await bench.controller.del({ ...A, oifs: ['out2'] })).changed, true);
      equal((await bench.controller.add({ ...BACK, label: 'way back' })).changed, true);
      await denies(
        () => bench.controller.add({ ...A, source: '10.1.0.2' }),
        'loops',
        'oifs',
        /\(10\.1\.0\.2, 239\.1\.1\.1\) goes/,
      );
    });

    it('know prefixes', async () => {
      const wide = { group: '239.1.0.0/16', iif: 'out1', oifs: ['in1'] };
      await open({}, [A]);
      await denies(() => bench.controller.add(wide), 'loops', 'oifs', /packets could circle/);
      await bench.controller.del(A);
      await bench.controller.add(wide);
      await denies(() => bench.controller.add(A), 'loops', 'oifs', /packets could circle/);
      const part = { group: '239.1.1.0/24', iif: 'in1', oifs: ['out1'] };
      await denies(() => bench.controller.add(part), 'loops', 'oifs', /packets could circle/);
      equal((await bench.controller.add({ ...part, group: '239.2.0.0/16' })).changed, true);
    });

    it(`find what a look at all pairs finds (seed ${SEED})`, async () => {
      await open({});
      const random = new Random(SEED);
      const names = ['in1', 'in2', 'out1', 'out2'];
      const groups = ['239.1.1.1', '239.1.1.2', '239.1.2.1', '239.1.1.0/24', '239.1.0.0/16'];
      let denied = 0;
      for (let n = 0; n < 500; n++) {
        const [iif = '', ...oifs] = random.some(names).concat(names).slice(0, 2);
        const message = { source: random.pick(['*', '10.1.0.1']), group: random.pick(groups), iif, oifs };
        if (oifs.includes(iif)) continue;
        const { mfc_rules } = await bench.controller.state({});
        const others = mfc_rules.filter(({ source, group }) => source !== message.source || group !== message.group);
        const isLoop = others.some((rule) => isBack(rule, message));
        const error = await bench.controller.add(message).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        equal(error instanceof MfcError && error.cause.rule === 'loops', isLoop, JSON.stringify([message, mfc_rules]));
        if (isLoop) denied++;
        if (random.chance(30)) await bench.controller.set(others.slice(0, 3));
      }
      ok(denied > 20, `${denied} denied`);
    });
  });
});

/** `239.1.0.0/16` → its first bytes: enough for the groups of these tests. */
const stem = (group: string): string => {
  const [address = '', length = '32'] = group.split('/');
  return `${address
    .split('.')
    .slice(0, Number(length) / 8)
    .join('.')}.`;
};

type Way = Pick<Rule, 'group' | 'iif' | 'oifs'>;

function isBack(a: Way, b: Way): boolean {
  const isShared = stem(a.group).startsWith(stem(b.group)) || stem(b.group).startsWith(stem(a.group));
  return isShared && a.oifs.includes(b.iif) && b.oifs.includes(a.iif);
}

describe('controller: settings of guard rails', () => {
  it('may be blank', () => {
    const blank = { allowedInterfaces: '', allowedGroups: ' ', allowedSources: '', maxRoutes: '', reservedRoutes: '' };
    deepEqual(parseRails({ ...blank, loops: '' }), parseRails({}));
    deepEqual(parseRails({}).loops, 'refuse');
  });

  for (const [settings, message] of [
    [{ allowedInterfaces: 'eth1, eth/2' }, /has 'eth\/2', which is not an interface name/],
    [{ allowedInterfaces: 'eth1, größegrößegröß' }, /is not an interface name\. The kernel takes at most 15 bytes/],
    [{ allowedGroups: '239.1.0.0/33' }, /has '239\.1\.0\.0\/33', which is no address or prefix/],
    [{ allowedGroups: '239.1.0.7/16' }, /bits beyond its length\. Write "239\.1\.0\.0\/16"/],
    [{ allowedGroups: 'all' }, /has 'all'/],
    [{ allowedSources: '10.1.0.0/16,' }, /has ''/],
    [{ maxRoutes: '-1' }, /is '-1'\. Give a whole number/],
    [{ maxRoutes: '1e3' }, /is '1e3'/],
    [{ loops: 'maybe' }, /is 'maybe'\. Give "refuse", "warn" or "allow"/],
    [{ reservedRoutes: '[{' }, /is no JSON/],
    [{ reservedRoutes: '{}' }, /is no array/],
    [{ reservedRoutes: '[{"group": "10.0.0.1", "oifs": "eth1"}]' }, /reservedRoutes\[0\]\.group/],
    [{ reservedRoutes: JSON.stringify([{ ...A, expires_in: 5 }]) }, /with an end/],
    [{ reservedRoutes: JSON.stringify([A, A]) }, /twice/],
    [{ reservedRoutes: JSON.stringify([A, { ...A, iif: 'in+' }]) }, /twice/],
  ] as const) {
    it(`refuse ${JSON.stringify(settings)}`, () => {
      throws(
        () => parseRails(settings),
        (error: MfcError) => {
          const [name = ''] = Object.keys(settings);
          equal(error.code, 'ERR_MFC_INVALID');
          ok(error.cause.field?.startsWith(name), error.cause.field);
          match(error.message, message);
          return true;
        },
      );
    });
  }
});
