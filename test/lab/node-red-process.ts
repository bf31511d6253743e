/**
 * Node-RED as a user runs it: a process of its own, with a user directory, spoken to over its admin HTTP API only.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from './lab';

const START_DEADLINE_MS = 120_000;

/** For the answer to a request. */
const ANSWER_DEADLINE_MS = 60_000;

/** Nothing but what keeps it from asking the network or the user, and lets flows be stopped. */
const SETTINGS = {
  uiHost: '127.0.0.1',
  lang: 'en-US',
  telemetry: { enabled: false, updateNotification: false },
  runtimeState: { enabled: true },
  logging: { console: { level: 'info' } },
};

/** Which flows a deploy starts anew, as the menu of the editor's button says. */
export type DeployType = 'full' | 'flows' | 'nodes' | 'reload';

export interface NodeRedOptions {
  /** The program that runs Node-RED: a path of Node.js. */
  node?: string;
  /** The folder that has node-red in its node_modules. */
  runtime: string;
  userDir: string;
  /** More for settings.js. */
  settings?: object;
  /** A module that it loads first. */
  preload?: string | undefined;
}

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

  /** Starts Node-RED; resolves when its flows run, or wait for types. */
  static async start(options: NodeRedOptions): Promise<NodeRedProcess> {
    const { node = process.execPath, runtime, userDir, preload } = options;
    const red = join(runtime, 'node_modules/node-red/red.js');
    for (const file of [node, red]) if (!existsSync(file)) throw new Error(`${file} is missing.`);
    const settings = join(userDir, 'settings.js');
    writeFileSync(settings, `module.exports = ${JSON.stringify({ ...SETTINGS, ...options.settings })};\n`);
    const port = await freePort();
    const first = preload === undefined ? [] : ['--require', preload];
    const args = [...first, red, '--userDir', userDir, '--settings', settings, '--port', String(port), 'flows.json'];
    const child = spawn(node, args, { cwd: userDir, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new NodeRedProcess(child, `http://127.0.0.1:${port}`);
    const isUp = () => {
      const { exitCode, signalCode } = child;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`Node-RED ended with ${exitCode ?? signalCode}:\n${started.log}`);
      // In any order: on a slow disk it listens after its flows have started.
      return /Started flows|Waiting for missing types/.test(started.log) && started.log.includes('Server now running');
    };
    try {
      await until(isUp, () => `Node-RED should run:\n${started.log}`, START_DEADLINE_MS);
    } catch (error) {
      child.kill('SIGKILL'); // nobody else could
      throw error;
    }
    return started;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** All that it has printed. */
  get log(): string {
    return this.#log;
  }

  /** Asks, and answers the body; throws if the status is not `status`. */
  async get(path: string, accept = 'application/json', status = 200, language = 'en-US'): Promise<string> {
    return this.#ask(path, { headers: { accept, 'accept-language': language } }, status);
  }

  async post(path: string, json: unknown, headers: Record<string, string> = {}, status = 200): Promise<string> {
    const body = JSON.stringify(json);
    return this.#ask(
      path,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
      status,
    );
  }

  /** Puts a flow in the place of what is there, as Deploy in the editor does. Resolves when Node-RED has taken it. */
  sendFlow(flow: readonly object[], type: DeployType): Promise<string> {
    return this.post('/flows', flow, { 'Node-RED-Deployment-Type': type }, 204);
  }

  /** The same, but resolves when it runs, or waits for types. */
  async deploy(flow: readonly object[], type: DeployType = 'full'): Promise<void> {
    await this.#untilSaid(/Started (modified )?(flows|nodes)|Waiting for missing types/g, () =>
      this.sendFlow(flow, type),
    );
  }

  /** Stops the flows and starts them, as the editor's menu does. */
  async setState(state: 'start' | 'stop'): Promise<void> {
    const said = { start: /Started flows/g, stop: /Stopped flows/g }[state];
    await this.#untilSaid(said, () => this.post('/flows/state', { state }));
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

  async #ask(path: string, request: RequestInit, status: number): Promise<string> {
    const what = `${request.method ?? 'GET'} ${path}`;
    const signal = AbortSignal.timeout(ANSWER_DEADLINE_MS);
    try {
      const response = await fetch(this.url + path, { ...request, signal });
      const text = await response.text();
      if (response.status === status) return text;
      throw new Error(`${what}: ${response.status} instead of ${status}: ${text}`);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`${what}: not answered in ${ANSWER_DEADLINE_MS} ms. Node-RED said:\n${this.#log}`);
    }
  }

  /** Resolves when it has said that once more. */
  async #untilSaid(what: RegExp, action: () => Promise<unknown>): Promise<void> {
    const times = () => this.#log.match(what)?.length ?? 0;
    const before = times();
    await action();
    await until(
      () => times() > before,
      () => `Node-RED should say ${what}:\n${this.#log}`,
    );
  }
}
