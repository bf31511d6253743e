// Node-RED with this package installed and with users, in the network namespace of its parent. Says on which port it is, and when asked
// which endpoints this package has, and ends when the parent lets go of the IPC channel.

import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import RED from 'node-red';
import { Editor } from '../lab/editor';
import type { Order, Started } from './node-red';
import { USERS } from './users';

/** As settings.js has them; each user's password is its name. */
const adminAuth = {
  type: 'credentials',
  users: async (username: string) => userOf(username),
  authenticate: async (username: string, password: string) => (password === username ? userOf(username) : null),
};

function userOf(username: string): { username: string; permissions: string | readonly string[] } | null {
  const permissions = new Map<string, string | readonly string[]>(Object.entries(USERS)).get(username);
  return permissions === undefined ? null : { username, permissions };
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** What this package has registered: `GET /mfc/interfaces`. */
function endpoints(): string[] {
  // Express keeps them to itself.
  const { _router } = RED.runtime.httpAdmin as unknown as { _router: { stack: Layer[] } };
  return _router.stack.flatMap(({ route }) => {
    if (route?.path.startsWith('/mfc') !== true) return [];
    return Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`);
  });
}

/** As Node-RED does it when a module is installed anew without a restart. */
function loadAgain(): void {
  const fromNodeRed = createRequire(require.resolve('node-red'));
  const { loadNodeSet } = fromNodeRed('@node-red/registry/lib/loader');
  const { getFullNodeInfo } = fromNodeRed('@node-red/registry/lib/registry');
  loadNodeSet(getFullNodeInfo('mfc-controller'));
}

async function main(): Promise<void> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const editor = new Editor(mkdtempSync(join(tmpdir(), 'mfc-admin-')), port, {
    adminAuth,
    lang: 'en-US', // tests read what it says, on machines of all languages
    runtimeState: { enabled: true },
    logging: { console: { level: 'info', audit: true } },
  });
  const stop = async (code: number) => {
    await editor.stop().catch(() => undefined);
    editor.remove();
    process.exit(code);
  };
  process.on('disconnect', () => void stop(0));
  try {
    await editor.start();
    editor.serve(server);
    process.on('message', (order: Order) => {
      if (order === 'load again') loadAgain();
      process.send?.(endpoints());
    });
    process.send?.({ port } satisfies Started);
  } catch (error) {
    console.error(error);
    await stop(1);
  }
}

void main();
