// node dist/test/keep/stranger-program.js FILE — asks the holder that listens there for what it keeps, whoever's it is; prints the reply.

import { isErrno } from '../../src/errors';
import { tryConnect, tryReceive, trySend, unixSocket } from '../../src/kernel/unix';
import { until } from '../lab/until';

async function ask(path: string): Promise<string> {
  const fd = unixSocket('seqpacket');
  const refused = tryConnect(fd, path);
  if (refused !== undefined) return refused;
  try {
    trySend(fd, JSON.stringify({ ask: 'open', seconds: 60 }));
  } catch (error) {
    if (!isErrno(error, 'EPIPE')) throw error; // closed already
  }
  return (await until(() => tryReceive(fd), 'the holder should answer or close')).text;
}

if (require.main === module) void ask(process.argv[2] ?? '').then((text) => console.log(text));
