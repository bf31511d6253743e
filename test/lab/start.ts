// npm start — Node-RED as a multicast router in a private network, with its editor on this machine's own loopback.
// This process stays outside: it opens the editor's socket, starts the router process inside (start-router.ts), hands
// the socket in, and waits. The IPC channel between them is the lifeline: when this process ends, however it ends, the
// channel closes, and the router process takes the lab down.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enter } from './namespace';

const DEFAULT_PORT = '1880';

async function listen(port: string): Promise<Server> {
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) throw new Error(`PORT=${port} is no port: PORT=1881 npm start`);
  // Whoever comes before the editor is ready is turned away: browsers try again.
  const server = createServer((socket) => socket.destroy());
  server.listen(Number(port), '127.0.0.1');
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(
        `Port ${port} is in use by another program; take another one: PORT=${Number(port) + 1} npm start`,
      );
    }
    if (code === 'EACCES') throw new Error(`Port ${port} is for root only; take another one: PORT=1881 npm start`);
    throw new Error(`Port ${port} cannot be opened: ${message}`);
  }
}

async function start(): Promise<void> {
  const server = await listen(process.env.PORT || DEFAULT_PORT);
  const { port } = server.address() as AddressInfo;
  // From here on something would be left behind: a signal waits until there is somebody to stop.
  let stop: () => void = () => undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop());
  const userDir = mkdtempSync(join(tmpdir(), 'node-red-mfc-'));
  try {
    const command = enter('node', [join(__dirname, 'start-router.js'), userDir, String(port)]);
    const router = spawn(command.file, command.args, {
      env: command.env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true, // Ctrl-C is for this process only
    });
    process.exitCode = await watch(router, server, (how) => {
      stop = how;
    });
  } finally {
    server.close();
    rmSync(userDir, { recursive: true, force: true });
  }
}

// Resolves with the exit code when the router process has ended: at our wish, or by itself (a failure).
async function watch(router: ChildProcess, server: Server, onSignal: (stop: () => void) => void): Promise<number> {
  let asked = false;
  onSignal(() => {
    if (router.connected) router.disconnect();
    else if (asked) router.kill('SIGKILL'); // asked twice: the network goes with its last process
    asked = true;
  });
  // The router process is ready for the socket: from then on it alone answers.
  router.once('message', () => router.send('editor', server, () => server.close()));
  const [code, signal] = await once(router, 'exit');
  if (!asked) console.error(`The router process has ended by itself (${signal ?? `exit ${code}`}).`);
  return asked ? 0 : 1;
}

start().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
