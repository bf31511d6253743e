// npm start for real, twice side by side: the editors answer, a button moves packets, and nothing is left behind.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { descendants, isRunning } from './lab/processes';
import { until } from './lab/until';
import { type DebugMessage, Visitor } from './lab/visitor';

const PROGRAM = join(__dirname, 'lab/start.js');

/** A running `npm start` with a temporary directory of its own. */
class Started {
  readonly url: string;
  readonly temp: string;
  readonly process: ChildProcess;
  readonly exit: Promise<unknown[]>;
  /** Every process below it, as long as it runs. */
  readonly below: number[];

  private constructor(url: string, temp: string, child: ChildProcess) {
    this.url = url;
    this.temp = temp;
    this.process = child;
    this.exit = once(child, 'exit');
    this.below = descendants(child.pid ?? 0);
  }

  static async open(): Promise<Started> {
    const temp = mkdtempSync(join(tmpdir(), 'start-test-'));
    const env = { ...process.env, PORT: '0', TMPDIR: temp };
    const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const part of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      said += part;
      if (said.includes('Ctrl-C')) break;
    }
    child.stdout.resume();
    return new Started(/http:\/\/\S+/.exec(said)?.[0] ?? said, temp, child);
  }

  /** What of it is still there. */
  left(): (number | string)[] {
    return [...this.below.filter(isRunning), ...readdirSync(this.temp)];
  }
}

/** Processes that were started with this temporary directory. */
function usersOf(temp: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return isRunning(Number(pid)) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${temp}\0`);
    } catch {
      return false; // it has ended, or is no process
    }
  });
}

const packetsOf = (receiver: string) => (message: DebugMessage) => {
  const value = message.value as { receiver?: string; packets_per_second?: number };
  return value.receiver === receiver && (value.packets_per_second ?? 0) > 0;
};

describe('npm start', () => {
  let both: Started[];
  let visitors: Visitor[];
  const [one, two] = [() => both[0] as Started, () => both[1] as Started];
  const [first, second] = [() => visitors[0] as Visitor, () => visitors[1] as Visitor];

  before(async () => {
    both = await Promise.all([Started.open(), Started.open()]);
    visitors = await Promise.all(both.map(({ url }) => Visitor.open(url)));
  });
  after(() => {
    for (const visitor of visitors) visitor.close();
    for (const started of both) {
      if (started.process.exitCode === null) started.process.kill();
      rmSync(started.temp, { recursive: true, force: true });
    }
  });

  it('serves the editor with the first example deployed', async () => {
    for (const { url } of both) match(await (await fetch(url)).text(), /<title>Node-RED/);
    for (const visitor of visitors) {
      const types = (await visitor.flow()).map(({ type }) => type);
      ok(['mfc-controller', 'mfc add', 'mfc del', 'mfc state'].every((type) => types.includes(type)));
    }
  });

  it('starts each with hosts of its own: processes and a directory', () => {
    for (const started of both) {
      equal(started.below.length, 6); // the router and five hosts
      equal(readdirSync(started.temp).length, 1);
    }
  });

  it('moves packets at the press of a button, and only there', async () => {
    await first().press('add route to tv1');
    await first().debug(packetsOf('tv1'));
    await second().press('show state');
    const { value } = await second().debug(({ name }) => name === 'answer');
    deepEqual((value as { mfc_rules: unknown[] }).mfc_rules, []);
  });

  it('changes the outputs of the running stream', async () => {
    await first().press('send it to tv1, tv2 and tv3');
    await first().debug(packetsOf('tv3'));
  });

  it('shows what went wrong in the sidebar', async () => {
    await second().press('delete');
    const { value } = await second().debug(({ name }) => name === 'failure');
    equal((value as { code: string }).code, 'ERR_MFC_NO_ROUTE');
  });

  it('names another port when the port is in use', async () => {
    const port = new URL(one().url).port;
    const child = spawn(process.execPath, [PROGRAM], { env: { ...process.env, PORT: port }, stdio: 'pipe' });
    const exit = once(child, 'exit');
    equal(
      await text(child.stderr),
      `Port ${port} is in use by another program; take another one: PORT=${Number(port) + 1} npm start\n`,
    );
    deepEqual(await exit, [1, null]);
  });

  it('leaves nothing behind after Ctrl-C', async () => {
    one().process.kill('SIGINT');
    deepEqual(await one().exit, [0, null]);
    deepEqual(one().left(), []);
  });

  it('leaves nothing behind when it is killed', async () => {
    equal(two().left().length, 7);
    two().process.kill('SIGKILL');
    await until(
      () => two().left().length === 0,
      () => `${two().left()} should go.`,
    );
  });
});

describe('npm start, with Ctrl-C before it is ready', () => {
  let temp: string;

  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'start-test-'));
  });
  afterEach(() => rmSync(temp, { recursive: true, force: true }));

  // Processes below it: the router, then the hosts. 0: as soon as it has made a directory.
  for (const processes of [0, 1, 2, 3, 5]) {
    it(`leaves nothing behind: ${processes} processes were there`, async () => {
      const env = { ...process.env, PORT: '0', TMPDIR: temp };
      const child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      const [said, complaints, exit] = [text(child.stdout), text(child.stderr), once(child, 'exit')];
      const isDue = () => readdirSync(temp).length > 0 && descendants(child.pid ?? 0).length >= processes;
      await until(isDue, 'It should start.');
      child.kill('SIGINT');
      deepEqual(await exit, [0, null]);
      await until(
        () => usersOf(temp).length === 0,
        () => `${usersOf(temp)} should end.`,
      );
      deepEqual([readdirSync(temp), await said, await complaints], [[], '', '']);
    });
  }
});
