/**
 * Streams by the clock: the buttons do what the clock does, and the clock knows when.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ChangeAnswer } from '../../src/controller/answers';
import { readFlow } from './files';
import { example, GROUP, Ground } from './ground';

const FILE = '11-schedule.json';

interface Event {
  event: string;
  reason?: string;
}

describe('schedule', () => {
  let ground: Ground;

  before(async () => {
    ground = await Ground.open();
  });
  after(() => ground?.close());

  example(
    '11-schedule.json',
    () => ground.user,
    () => {
      it('is on air with a lease that each minute renews, and packets arrive', async () => {
        const [tv1] = ground.tvs;
        await tv1.join(GROUP);
        const { mfc_rules } = await ground.user.ask<ChangeAnswer>('every minute, 20:00 to 22:00');
        ok(Math.abs((mfc_rules[0]?.expires_in ?? 0) - 90) < 30);
        await ground.has('10.0.1.2 239.10.20.30: camera > tv1 tv2');
        await ground.camera.send(GROUP, { count: 10 });
        await tv1.waitFor(GROUP, 10);
        ok(/renewed/.test((await ground.user.ask<ChangeAnswer>('every minute, 20:00 to 22:00')).message));
      });

      it('changes the timetable in one step, and leaves other routes alone', async () => {
        await ground.user.ask('at 06:00: the day');
        const evening = '10.0.1.2 239.10.20.30: camera > tv1 tv2';
        await ground.has(evening, '10.0.1.2 239.10.20.31: camera > tv1 tv2', '10.0.1.2 239.10.20.32: camera > tv3');
        await ground.user.ask('at 23:00: the night');
        await ground.has(evening, '10.0.1.2 239.10.20.31: camera > tv3');
      });

      it('is off air at the end', async () => {
        equal((await ground.user.ask<ChangeAnswer>('at 22:00')).changed, true);
        await ground.has('10.0.1.2 239.10.20.31: camera > tv3');
      });

      it('does not mind if it is off air already', async () => {
        const { status, changed } = await ground.user.ask<ChangeAnswer>('at 22:00');
        deepEqual([status, changed], ['success', false]);
        await ground.has('10.0.1.2 239.10.20.31: camera > tv3');
      });

      it('ends by itself where nobody deletes', async () => {
        await ground.user.press('5 seconds on air');
        await ground.user.shown<Event>('what happens', ({ event }) => event === 'route_added');
        const { reason } = await ground.user.shown<Event>('what happens', ({ event }) => event === 'route_removed');
        equal(reason, 'expired');
        await ground.has('10.0.1.2 239.10.20.31: camera > tv3');
      });

      it('has the times that the buttons say', () => {
        const times = Object.fromEntries(
          readFlow(FILE).flatMap(({ type, name, crontab }) => (type === 'inject' ? [[name, crontab]] : [])),
        );
        deepEqual(times, {
          'every minute, 20:00 to 22:00': '*/1 20-21 * * 1,2,3,4,5',
          'at 22:00': '00 22 * * 1,2,3,4,5',
          'at 06:00: the day': '00 06 * * *',
          'at 23:00: the night': '00 23 * * *',
          '5 seconds on air': '',
        });
      });
    },
  );
});
