// Node-RED as a library: a fresh user directory in which this package is installed as a link to the checkout, the
// first example as its flow, and the editor on a socket that somebody else opened.

import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import RED from 'node-red';
import { checkout } from './namespace';

const FLOW = 'examples/10-crosspoint.json';
const DASHBOARD = '@flowfuse/node-red-dashboard';
const { name: PACKAGE } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { name: string };

// Node-RED's Express app: what it does not know it leaves to others.
type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

interface NodeSet {
  module: string;
  name: string;
  err?: unknown;
}

export class Editor {
  #userDir: string;
  #port: number;
  #running = false;
  #http = createServer((request, response) => {
    const editor = RED.httpAdmin as unknown as Handler;
    editor(request, response, () => response.writeHead(404).end());
  });

  /** @param more what a user could have in settings.js besides */
  constructor(
    userDir: string,
    port: number,
    private readonly more: object = {},
  ) {
    this.#userDir = userDir;
    this.#port = port;
  }

  /** Loads the nodes and starts the flow; throws if a node of this package does not load. */
  async start(): Promise<void> {
    this.#install();
    RED.init(this.#http, this.#settings());
    // One app has both, as in Node-RED's own program: an http node that wants a body as it is gets it before the editor reads it.
    RED.httpAdmin.use(RED.httpNode);
    this.#running = true;
    const flowsStarted = once(RED.events, 'flows:started');
    await RED.start();
    const sets = (await RED.runtime.nodes.getNodeList({})) as NodeSet[];
    const own = sets.filter((set) => set.module === PACKAGE);
    if (own.length === 0) throw new Error(`Node-RED has not found ${PACKAGE}.`);
    for (const { name, err } of own) if (err) throw new Error(`Node-RED could not load ${name}: ${err}`);
    await flowsStarted;
  }

  /** Answers what comes to `server` from now on. */
  serve(server: Server): void {
    server.on('connection', (socket) => this.#http.emit('connection', socket));
  }

  async stop(): Promise<void> {
    if (this.#running) await RED.stop();
  }

  /** Removes the user directory. */
  remove(): void {
    rmSync(this.#userDir, { recursive: true, force: true });
  }

  #install(): void {
    const modules = { [PACKAGE]: checkout, [DASHBOARD]: join(checkout, 'node_modules', DASHBOARD) };
    for (const [name, folder] of Object.entries(modules)) {
      const link = join(this.#userDir, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(folder, link);
    }
    const dependencies = Object.fromEntries(Object.entries(modules).map(([name, folder]) => [name, `file:${folder}`]));
    writeFileSync(join(this.#userDir, 'package.json'), JSON.stringify({ name: 'lab', private: true, dependencies }));
    copyFileSync(join(checkout, FLOW), join(this.#userDir, 'flows.json'));
  }

  #settings() {
    return {
      userDir: this.#userDir,
      flowFile: 'flows.json',
      credentialSecret: 'lab', // nothing secret in here
      uiHost: '127.0.0.1', // for information: Node-RED does not listen itself
      uiPort: this.#port,
      httpAdminRoot: '/',
      httpNodeRoot: '/',
      // Warnings at the start are about the fresh directory. Those of nodes are in the sidebar.
      logging: { console: { level: 'error' as const, metrics: false, audit: false } },
      // The private network has no way out: nothing to report, nothing to install.
      telemetry: { enabled: false, updateNotification: false },
      externalModules: {
        autoInstall: false,
        palette: { allowInstall: false, allowUpload: false },
        modules: { allowInstall: false },
      },
      editorTheme: { projects: { enabled: false }, ...{ tours: false } }, // the types do not know tours
      ...this.more,
    };
  }
}
