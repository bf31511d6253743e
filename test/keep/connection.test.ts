// A Node-RED's end of the connection to a holder, with the other end in the hands of the test.

import { deepEqual, rejects } from 'node:assert/strict';
import { Connection } from '../../src/keep/connection';
import { close } from '../../src/kernel/libc';
import { trySend, unixSocketPair } from '../../src/kernel/unix';

describe('keep: a connection', () => {
  const { setTimeout } = globalThis;
  let connection: Connection;
  let holder: number;
  let isOver: () => void;

  beforeEach(() => {
    const [ours, theirs] = unixSocketPair('seqpacket');
    connection = new Connection(ours);
    holder = theirs;
    const deadline = (call: () => void): NodeJS.Timeout => {
      isOver = call;
      return setTimeout(() => undefined, 0);
    };
    Object.assign(globalThis, { setTimeout: deadline });
  });
  afterEach(() => {
    Object.assign(globalThis, { setTimeout });
    connection.close();
    close(holder);
  });

  it('takes a reply that came in time, though this process was too busy to look', async () => {
    const answered = connection.ask({ ask: 'keep', name: 'ipv4-default' });
    trySend(holder, '{"say": "kept"}');
    isOver();
    deepEqual((await answered).reply, { say: 'kept' });
  });

  it('ends where no reply came', async () => {
    const answered = connection.ask({ ask: 'keep', name: 'ipv4-default' });
    isOver();
    await rejects(answered, { code: 'ERR_MFC_STORE', message: /does not answer/ });
  });
});
