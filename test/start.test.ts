// npm start for real, twice side by side: the panel and the editors answer, a tap moves packets, and nothing is left behind.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileNames, readFlow } from './examples/files';
import { Panel, type Picture } from './examples/panel';
import { checkout } from './lab/namespace';
import { descendants, isRunning } from './lab/processes';
import { until } from './lab/until';
import { type DebugMessage, Visitor } from './lab/visitor';

const crosspoint = readFlow('10-crosspoint.json');
const PROGRAM = join(__dirname, 'lab/start.js');
/** What npm runs, but for the build: whoever ends that, ends all. */
const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { scripts: { start: string } };
const COMMAND = manifest.scripts.start.replace('sh test/lab/ready.sh', 'true');

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

  /** @param clear is told how to end it, as soon as there is something to end */
  static async open(clear: (end: () => void) => void): Promise<Started> {
    const temp = mkdtempSync(join(tmpdir(), 'start-test-'));
    const env = { ...process.env, PORT: '0', TMPDIR: temp };
    const child = spawn('sh', ['-c', COMMAND], { cwd: checkout, env, stdio: ['ignore', 'pipe', 'inherit'] });
    clear(() => {
      for (const pid of usersOf(temp)) process.kill(Number(pid), 'SIGKILL'); // what a test has found that stays behind
      rmSync(temp, { recursive: true, force: true });
    });
    let said = '';
    for await (const part of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      said += part;
      if (said.includes('Ctrl-C')) break;
    }
    child.stdout.resume();
    const [panel = said] = /http:\/\/\S+/.exec(said) ?? [];
    const { origin } = new URL(panel);
    equal(panel, `${origin}/dashboard/crosspoint`);
    return new Started(origin, temp, child);
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
  let panels: Panel[];
  const ends: (() => void)[] = [];
  const ending = <T extends { close(): void }>(one: T): T => {
    ends.push(() => one.close());
    return one;
  };
  const [one, two] = [() => both[0] as Started, () => both[1] as Started];
  const [first, second] = [() => panels[0] as Panel, () => panels[1] as Panel];
  const visitor = () => visitors[1] as Visitor;

  before(async () => {
    const clear = (end: () => void) => ends.push(end);
    both = await Promise.all([Started.open(clear), Started.open(clear)]);
    visitors = await Promise.all(both.map(async ({ url }) => ending(await Visitor.open(url))));
    panels = await Promise.all(both.map(async ({ url }) => ending(await Panel.open(url, crosspoint))));
  });
  after(() => {
    for (const end of ends) end();
  });

  it('serves the editor with the crosspoint deployed, and the panel', async () => {
    for (const { url } of both) {
      match(await (await fetch(url)).text(), /<title>Node-RED/);
      match(await (await fetch(`${url}/dashboard/crosspoint`)).text(), /<div id="app">/);
    }
    for (const visitor of visitors)
      deepEqual(
        (await visitor.flow()).map(({ id }) => id),
        crosspoint.map(({ id }) => id),
      );
  });

  it('has all examples in the menu', async () => {
    const response = await fetch(`${one().url}/library/examples/flows/@mroute/node-red-mfc`);
    const entries = (await response.json()) as { fn: string }[];
    deepEqual(entries.map(({ fn }) => `${fn}.json`).sort(), fileNames);
  });

  it('starts each with hosts of its own: processes and a directory', () => {
    for (const started of both) {
      equal(started.below.length, 6); // the router and five hosts
      equal(readdirSync(started.temp).length, 1);
    }
  });

  it('moves packets at a tap, and only there', async () => {
    await first().tap('10.0.1.2 239.10.20.30', 'tv1');
    const arrives = ({ outputs }: Picture) => (outputs[0]?.arrives ?? 0) > 0;
    await first().shows(arrives, 'packets at tv1');
    const { rows } = await second().shows(({ outputs }) => outputs[0]?.arrives !== undefined, 'reports of tv1');
    ok(rows.every(({ cells }) => cells.every(({ isOn }) => !isOn)));
  });

  it('runs other examples as they are: buttons, and what arrives', async () => {
    await visitor().deploy(readFlow('01-first-route.json'));
    await visitor().press('add route to tv1');
    await visitor().debug(packetsOf('tv1'));
    await visitor().press('send it to tv1, tv2 and tv3');
    await visitor().debug(packetsOf('tv3'));
    await visitor().press('delete');
    await visitor().press('delete');
    const { value } = await visitor().debug(({ name }) => name === 'failure');
    equal((value as { code: string }).code, 'ERR_MFC_NO_ROUTE');
  });

  it('has a broker for the example with MQTT', async () => {
    const flow = readFlow('06-mqtt.json');
    const broker = flow.find(({ type }) => type === 'mqtt-broker')?.id;
    const debug = {
      id: 'de60000000000002',
      type: 'debug',
      name: 'heard',
      active: true,
      tosidebar: true,
      complete: 'topic',
    };
    const listener = { id: 'de60000000000001', type: 'mqtt in', topic: 'mroute/answer/#', broker, wires: [[debug.id]] };
    const tab = { id: 'de60000000000000', type: 'tab' };
    await visitor().deploy([...flow, tab, { ...listener, z: tab.id }, { ...debug, z: tab.id }]);
    await until(async () => {
      await visitor().press('show state'); // until it is connected
      return visitor().hasSeen(({ name, value }) => name === 'heard' && value === 'mroute/answer/get');
    }, 'an answer by MQTT');
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
  let child: ChildProcessByStdio<null, Readable, Readable>;

  beforeEach(() => {
    temp = mkdtempSync(join(tmpdir(), 'start-test-'));
    const env = { ...process.env, PORT: '0', TMPDIR: temp };
    child = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(temp, { recursive: true, force: true });
  });

  // Processes below it: the router, then the hosts. 0: as soon as it has made a directory.
  for (const processes of [0, 1, 2, 3, 5]) {
    it(`leaves nothing behind: ${processes} processes were there`, async () => {
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
