// A holder and what it does not understand: the connection ends, nothing else does.

import { deepEqual, equal } from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { close } from '../../src/kernel/libc';
import { MAX_MESSAGE, peerOf, tryConnect, tryReceive, trySend, unixSocket } from '../../src/kernel/unix';
import { until } from '../lab/until';
import { HolderGround } from './holder-ground';
import { descriptorsOf } from './holders';
import type { KeeperProcess } from './keeper-process';

const OPEN = JSON.stringify({ ask: 'open', seconds: 60 });
const RUBBISH: Record<string, [text: string, fds: number][]> = {
  'no JSON': [['}{', 0]],
  'JSON that is no request': [['null', 0]],
  'an unknown request': [['{"ask":"sing"}', 0]],
  'a time without end': [['{"ask":"open","seconds":1e99}', 0]],
  'a negative time': [['{"ask":"open","seconds":-1}', 0]],
  'a descriptor that was not asked for': [[OPEN, 1]],
  'a keep before it is served': [['{"ask":"keep","name":"x"}', 1]],
  'a release before it is served': [['{"ask":"release"}', 0]],
  'a keep without a descriptor': [
    [OPEN, 0],
    ['{"ask":"keep","name":"x"}', 0],
  ],
  'a keep of two descriptors': [
    [OPEN, 0],
    ['{"ask":"keep","name":"x"}', 2],
  ],
  'a keep without a name': [
    [OPEN, 0],
    ['{"ask":"keep","name":""}', 1],
  ],
  'a name without end': [
    [OPEN, 0],
    [`{"ask":"keep","name":"${'x'.repeat(1_000)}"}`, 1],
  ],
  'more descriptors than it wants': [
    [OPEN, 0],
    ['{"ask":"keep","name":"x"}', 250],
  ],
  'two beginnings': [
    [OPEN, 0],
    [OPEN, 0],
  ],
  nothing: [['', 0]],
};

describe('keep: rubbish', () => {
  let ground: HolderGround;
  let first: KeeperProcess;
  let file: number;

  beforeEach(async () => {
    ground = new HolderGround();
    first = await ground.start();
    file = openSync('/dev/null', 'r');
  });
  afterEach(async () => {
    closeSync(file);
    await ground.clear();
  });

  function connect(): number {
    const fd = unixSocket('seqpacket');
    equal(tryConnect(fd, ground.file()), undefined);
    return fd;
  }

  /** Resolves when the holder has closed the connection. */
  async function closed(fd: number): Promise<void> {
    await until(() => {
      for (let received = tryReceive(fd); received !== undefined; received = tryReceive(fd)) {
        received.fds.forEach(close);
        if (received.text === '') return true;
      }
      return false;
    }, 'the holder should close the connection');
    close(fd);
  }

  for (const [what, messages] of Object.entries(RUBBISH)) {
    it(`ends a connection that sends ${what}`, async () => {
      await first.kill();
      const holder = ground.holder();
      const fd = connect();
      for (const [text, fds] of messages) trySend(fd, text, Array(fds).fill(file));
      await closed(fd);
      const next = await ground.start();
      deepEqual(next.report.taken, first.report.kept);
      equal(ground.holder(), holder);
      deepEqual([...descriptorsOf(holder).values()].filter((target) => target === '/dev/null').length, 3);
    });
  }

  it('serves its process on while others send rubbish', async () => {
    for (let i = 0; i < 20; i++) {
      const fd = connect();
      trySend(fd, 'x'.repeat(MAX_MESSAGE));
      await closed(fd);
    }
    const { kept } = await first.tell('keep ipv6-254');
    await first.kill();
    deepEqual((await ground.start()).report.taken, kept);
  });

  it('lets those who say nothing wait, up to a number, and serves others meanwhile', async () => {
    await first.kill();
    const silent = Array.from({ length: 10 }, connect);
    deepEqual((await ground.start()).report.taken, first.report.kept);
    silent.forEach(close);
  });

  it('survives one that does not wait for its reply', async () => {
    const fd = connect();
    trySend(fd, OPEN);
    close(fd);
    const { kept } = await first.tell('keep ipv6-254');
    deepEqual(Object.keys(kept).length, 2);
  });

  it('tells those who connect who it is', () => {
    const fd = connect();
    deepEqual(peerOf(fd), { pid: ground.holder(), uid: process.geteuid?.() });
    close(fd);
  });
});
