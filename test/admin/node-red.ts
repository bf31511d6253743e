// A Node-RED with users in a process of its own, spoken to over HTTP only.
//
//   const red = await AdminNodeRed.start();
//   await red.deploy(FLOW);
//   const { status, body } = await red.get('mfc/interfaces', 'reader');

import { deepEqual, equal } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../lab/until';
import type { FlowItem } from '../nodes/flows';
import { USERS, type UserName } from './users';

/** In which /proc counts time: USER_HZ is 100 everywhere. */
const TICK_MS = 10;

/** What the process says when it is ready. */
export interface Started {
  readonly port: number;
}

/** What it is told; it answers with its endpoints. */
export type Order = 'list' | 'load again';

export interface Reply {
  readonly status: number;
  readonly caching: string | null;
  /** Undefined if it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: what came is for the test to say
  readonly body: any;
}

export class AdminNodeRed {
  readonly #tokens = new Map<UserName, string>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly started: Started,
    private readonly printed: { text: string },
  ) {}

  /** @param without capabilities that it does not have, in the words of setpriv: `net_raw` */
  static async start(...without: string[]): Promise<AdminNodeRed> {
    const child = run([process.execPath, join(__dirname, 'node-red-program.js')], without);
    const printed = { text: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed.text += text;
      });
    }
    const failed = once(child, 'exit').then(() => {
      throw new Error(`Node-RED did not start:\n${printed.text}`);
    });
    const [started] = (await Promise.race([once(child, 'message'), failed])) as [Started];
    failed.catch(() => undefined); // from now on `close` waits for its end
    const red = new AdminNodeRed(child, started, printed);
    for (const user of Object.keys(USERS) as UserName[]) red.#tokens.set(user, await red.#login(user));
    return red;
  }

  /** All that it has printed. */
  get log(): string {
    return this.printed.text;
  }

  /** Milliseconds of work until now, of all its threads. */
  cpuTime(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  /** What this package has registered: `GET /mfc/interfaces`. */
  endpoints(): Promise<string[]> {
    return this.#order('list');
  }

  /** Loads the nodes once more, and answers what is registered then. */
  loadAgain(): Promise<string[]> {
    return this.#order('load again');
  }

  async #order(order: Order): Promise<string[]> {
    this.child.send(order);
    const [endpoints] = await once(this.child, 'message');
    return endpoints as string[];
  }

  async close(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }

  get(path: string, user?: UserName): Promise<Reply> {
    return this.request('GET', path, { user });
  }

  post(path: string, body: unknown, user?: UserName): Promise<Reply> {
    return this.request('POST', path, { user, type: 'application/json', body: JSON.stringify(body) });
  }

  async request(
    method: string,
    path: string,
    { user, type, body }: { user?: UserName | undefined; type?: string; body?: string } = {},
  ): Promise<Reply> {
    const headers = new Headers();
    const token = user && this.#tokens.get(user);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (type !== undefined) headers.set('content-type', type);
    const url = `http://127.0.0.1:${this.started.port}/${path.replace(/^\//, '')}`;
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    const got = response.headers.get('content-type') ?? '';
    const text = await response.text();
    return {
      status: response.status,
      caching: response.headers.get('cache-control'),
      body: got.startsWith('application/json') ? JSON.parse(text) : undefined,
    };
  }

  /** Puts a flow in the place of what is there; resolves when it runs, and a controller of it is as it should be. */
  async deploy(flow: readonly FlowItem[], controller?: { id: string; state: string }): Promise<void> {
    const starts = () => this.log.match(/Started (modified )?(flows|nodes)/g)?.length ?? 0;
    const before = starts();
    equal((await this.post('flows', flow, 'admin')).status, 204);
    await until(
      () => starts() > before,
      () => this.log,
    );
    if (controller !== undefined) await this.untilState(controller.id, controller.state);
  }

  async untilState(id: string, state: string): Promise<void> {
    await until(async () => (await this.controller(id))?.state === state, `${id} should be ${state}`);
  }

  /** As GET mfc/controllers has it. */
  async controller(id: string): Promise<{ id: string; [property: string]: unknown } | undefined> {
    const { status, body } = await this.get('mfc/controllers', 'watcher');
    equal(status, 200);
    return body.controllers.find((one: { id: string }) => one.id === id);
  }

  /** The routes of a controller, as they are asked for. */
  async rules(id: string): Promise<Record<string, unknown>[]> {
    const { status, body } = await this.get(`mfc/controllers/${id}/state`, 'watcher');
    deepEqual([status, body.status], [200, 'success']);
    return body.mfc_rules;
  }

  async #login(user: UserName): Promise<string> {
    const body = { client_id: 'node-red-editor', grant_type: 'password', scope: '', username: user, password: user };
    const reply = await this.post('auth/token', body);
    equal(reply.status, 200, user);
    return reply.body.access_token;
  }
}

function run(program: readonly string[], without: readonly string[]): ChildProcess {
  const drop = without.map((name) => `-${name}`).join();
  const fewer = ['setpriv', '--bounding-set', drop, '--inh-caps', drop, ...program];
  const [file = '', ...args] = without.length === 0 ? program : fewer;
  return spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, MFC_TEST_TABLE: '700' },
  });
}
