/**
 * A Node-RED in a process of its own, and its user, who deploys flows, presses buttons and reads the debug sidebar.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import WebSocket from 'ws';
import type { DeployType } from '../lab/node-red-process';
import { DEADLINE_MS } from '../lab/until';
import type { FlowNode } from './files';

/** A time zone where it is noon now: the clock of an example must not press its buttons while a test does. */
function atNoon(): string {
  const west = new Date().getUTCHours() - 12;
  return `Etc/GMT${west < 0 ? '' : '+'}${west}`;
}

interface Shown {
  name: string;
  value: unknown;
}

interface Notice {
  topic: string;
  data: { name?: string; msg?: string; format?: string; text?: string };
}

export class User {
  readonly #process: ChildProcess;
  /** Where the editor is, and what flows serve. */
  readonly url: string;
  readonly #socket: WebSocket;
  readonly #news = new EventEmitter();
  readonly #statuses = new Map<string, string>();
  #flow: readonly FlowNode[] = [];
  #running = false;
  #shown: Shown[] = [];
  /** The buttons of the deployed flow that were not pressed yet. */
  readonly untouched = new Set<string>();

  private constructor(child: ChildProcess, url: string, socket: WebSocket) {
    this.#process = child;
    this.url = url;
    this.#socket = socket;
    socket.on('message', (data) => this.#read(String(data)));
    for (const topic of ['debug', 'status/#', 'notification/#']) socket.send(JSON.stringify({ subscribe: topic }));
  }

  static async start(): Promise<User> {
    const child = fork(join(__dirname, 'node-red-program.js'), {
      env: { ...process.env, TZ: atNoon() },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'], // Node-RED logs there what the tests provoke
    });
    const failed = once(child, 'exit').then(() => {
      throw new Error('Node-RED did not start.');
    });
    const [port] = await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => undefined); // from now on `close` waits for its end
    const socket = new WebSocket(`ws://127.0.0.1:${port}/comms`);
    await once(socket, 'open');
    const user = new User(child, `http://127.0.0.1:${port}`, socket);
    await user.#untilRunning();
    return user;
  }

  async close(): Promise<void> {
    this.#socket.terminate();
    const exit = once(this.#process, 'exit');
    this.#process.disconnect();
    await exit;
  }

  /** The node types that Node-RED knows, by the module that they are from. */
  async types(): Promise<Map<string, string>> {
    const response = await fetch(`${this.url}/nodes`, { headers: { Accept: 'application/json' } });
    const sets = (await response.json()) as { module: string; types: string[] }[];
    return new Map(sets.flatMap(({ module, types }) => types.map((type) => [type, module] as const)));
  }

  /** What the menu Import > Examples lists for a module, without `.json`. */
  async menu(module: string): Promise<string[]> {
    const entries = (await (await fetch(`${this.url}/library/examples/flows/${module}`)).json()) as { fn: string }[];
    return entries.map(({ fn }) => fn);
  }

  /** Replaces all flows; resolves when they run. What has not changed can go on undisturbed: see `DeployType`. */
  async deploy(flow: readonly FlowNode[], type: DeployType = 'full'): Promise<void> {
    this.#running = false;
    const headers = { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': type };
    const response = await fetch(`${this.url}/flows`, { method: 'POST', headers, body: JSON.stringify(flow) });
    if (!response.ok) throw new Error(`The flow was not deployed: ${response.status}`);
    await this.#untilRunning();
    this.#flow = flow;
    this.untouched.clear();
    for (const { type, name } of flow) if (type === 'inject') this.untouched.add(name ?? '');
  }

  /** Presses the button of an inject node. What the sidebar showed before is forgotten. */
  async press(name: string): Promise<void> {
    this.#shown = [];
    const button = this.#flow.find((node) => node.type === 'inject' && node.name === name);
    const response = await fetch(`${this.url}/inject/${button?.id}`, { method: 'POST' });
    if (!response.ok) throw new Error(`No button '${name}': ${response.status}`);
    this.untouched.delete(name);
  }

  /** Resolves with what a debug node has shown since the last button was pressed, the first that is accepted. */
  async shown<T = unknown>(name: string, accept: (value: T) => boolean = () => true): Promise<T> {
    const find = () => this.#shown.find((shown) => shown.name === name && accept(shown.value as T));
    return (await this.#until(find, `'${name}' in the sidebar, which shows ${JSON.stringify(this.#shown)}`)).value as T;
  }

  /** Presses a button and resolves with what a debug node shows then. */
  async ask<T = unknown>(button: string, debug = 'answer'): Promise<T> {
    await this.press(button);
    return this.shown<T>(debug);
  }

  /** Resolves when all nodes of a type have this text under them. */
  async untilStatus(type: string, text: RegExp): Promise<void> {
    const ids = this.#flow.filter((node) => node.type === type).map(({ id }) => id);
    const all = () => (ids.every((id) => text.test(this.#statuses.get(id) ?? '')) ? ids : undefined);
    await this.#until(all, `the status ${text} of all ${type} nodes`);
  }

  async #untilRunning(): Promise<void> {
    await this.#until(() => this.#running || undefined, 'the flows to run');
  }

  async #until<T>(find: () => T | undefined, awaited: string): Promise<T> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await once(this.#news, 'news', { signal }).catch(() => {
        throw new Error(`Waited ${DEADLINE_MS} ms in vain for ${awaited}.`);
      });
    }
  }

  #read(text: string): void {
    for (const { topic, data } of JSON.parse(text) as Notice[]) {
      if (topic === 'debug') {
        const isJson = /^(Object|array)/.test(data.format ?? '');
        this.#shown.push({ name: data.name ?? '', value: isJson ? JSON.parse(data.msg ?? '') : data.msg });
      } else if (topic === 'notification/runtime-deploy') this.#running = true;
      else if (topic.startsWith('status/')) this.#statuses.set(topic.slice('status/'.length), data.text ?? '');
    }
    this.#news.emit('news');
  }
}
