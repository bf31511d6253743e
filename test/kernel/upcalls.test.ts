// What the kernel tells an owner socket is read ahead: nothing of it is lost, whoever listens, and the newest comes first.

import { deepEqual, equal } from 'node:assert/strict';
import type { MrouteSocket } from '../../src/kernel/kernel';
import { linux } from '../../src/kernel/linux';
import { type Host, Lab } from '../lab/lab';
import { until } from '../lab/until';

const COUNT = 200;
const sources = Array.from({ length: COUNT }, (_, i) => `10.9.0.${i + 1}`);

describe('upcalls', () => {
  let lab: Lab;
  let camera: Host;
  let socket: MrouteSocket;
  let heard: string[];

  beforeEach(async () => {
    lab = await Lab.open();
    camera = await lab.host('camera');
    socket = linux.openMroute(4, undefined);
    socket.addVif(0, linux.findLink('camera')?.ifindex ?? 0);
    heard = [];
    socket.listen(({ source }) => heard.push(source));
    socket.pause();
    await camera.burst(['239.1.1.1'], { count: COUNT, sources });
    await camera.settle();
  });
  afterEach(async () => {
    socket.close();
    await lab.close();
  });

  const untilHeard = (count: number) =>
    until(
      () => heard.length >= count,
      () => `${heard.length} of ${count} are heard.`,
    );

  it('wait while nobody wants them, and then come with the newest first', async () => {
    equal(heard.length, 0);
    socket.resume();
    await untilHeard(COUNT);
    deepEqual(heard, sources.toReversed());
  });

  it('are kept for the next listener, where one stops in the middle', async () => {
    socket.listen(({ source }) => {
      heard.push(source);
      if (heard.length === COUNT / 2) socket.pause();
    });
    await untilHeard(COUNT / 2);
    socket.listen(({ source }) => heard.push(source));
    await untilHeard(COUNT);
    deepEqual(heard, sources.toReversed());
  });

  it('end with the socket, also from within', async () => {
    socket.listen(({ source }) => {
      heard.push(source);
      socket.close();
    });
    await untilHeard(1);
    socket = linux.openMroute(4, undefined);
    equal(heard.length, 1);
  });
});
