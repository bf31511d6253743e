/**
 * Node-RED as a user runs it: a process of its own, with a user directory, spoken to over its admin HTTP API only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '../lab/lab';

const START_DEADLINE_MS = 60_000;

/** Nothing but what keeps it from asking the network or the user. */
const SETTINGS = `module.exports = {
  uiHost: '127.0.0.1',
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'info' } },
};
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

export class NodeRedProcess {
  #log = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
  }

  /** Starts the Node-RED of `runtime`, on the Node.js there, with the user directory; resolves when its flows run. */
  static async start(runtime: string, userDir: string): Promise<NodeRedProcess> {
    const [node, red, settings] = [
      join(runtime, 'node_modules/.bin/node'),
      join(runtime, 'node_modules/node-red/red.js'),
      join(userDir, 'settings.js'),
    ];
    for (const file of [node, red]) if (!existsSync(file)) throw new Error(`${file} is missing.`);
    writeFileSync(settings, SETTINGS);
    const port = await freePort();
    const args = [red, '--userDir', userDir, '--settings', settings, '--port', String(port), 'flows.json'];
    const child = spawn(node, args, { cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new NodeRedProcess(child, `http://127.0.0.1:${port}`);
    const isUp = () => {
      if (child.exitCode !== null) throw new Error(`Node-RED ended with ${child.exitCode}:\n${started.log}`);
      return /Started flows|Waiting for missing types/.test(started.log);
    };
    await until(isUp, () => `Node-RED should run:\n${started.log}`, START_DEADLINE_MS);
    return started;
  }

  /** All that it has printed. */
  get log(): string {
    return this.#log;
  }

  /** Asks, and answers the body; throws if the status is not `status`. */
  async get(path: string, accept = 'application/json', status = 200): Promise<string> {
    const response = await fetch(this.url + path, { headers: { accept, 'accept-language': 'en-US' } });
    return body(response, `GET ${path}`, status);
  }

  async post(path: string, json: unknown, headers: Record<string, string> = {}, status = 200): Promise<string> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(json),
    });
    return body(response, `POST ${path}`, status);
  }

  /** Puts a flow in the place of what is there, as Deploy in the editor does. Resolves when it runs. */
  async deploy(flow: readonly object[]): Promise<void> {
    const starts = () => this.#log.split('Started flows').length;
    const before = starts();
    await this.post('/flows', flow, { 'Node-RED-Deployment-Type': 'full' }, 204);
    await until(
      () => starts() > before,
      () => `The flow should run:\n${this.#log}`,
    );
  }

  /** Ends it: as systemd does, or as a power failure does. Answers the exit code. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const { exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return exitCode;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = await exit;
    return code;
  }
}

async function body(response: Response, request: string, status: number): Promise<string> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${request}: ${response.status} instead of ${status}: ${text}`);
  return text;
}
