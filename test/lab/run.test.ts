// The way into the private namespace: what passes through, what is left after a kill, and what it says when refused.

import { equal, match } from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { explain } from './namespace';
import { isRunning } from './processes';
import { until } from './until';

function run(...command: string[]): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, [join(__dirname, 'run.js'), ...command], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('lab: run', () => {
  it('passes output and exit code through', async () => {
    const child = run('sh', '-c', 'echo out; exit 7');
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    equal(output, 'out\n');
    equal(code, 7);
  });

  it('passes signals through', async () => {
    const child = run(
      'node',
      '-e',
      'process.on("SIGTERM", () => process.exit(8)); setInterval(() => console.log("ready"), 10)',
    );
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    equal((await once(child, 'exit'))[0], 8);
  });

  it('enters a network of its own, with lo up', async () => {
    const output = await text(run('ip', '-brief', 'link', 'show', 'up').stdout);
    match(output, /^lo [^\n]*\n$/);
  });

  it('finds the commands of the project', async () => {
    match(await text(run('mocha', '--version').stdout), /^\d+\.\d+\.\d+\n$/);
  });

  it('takes the hosts down when the lab is killed', async () => {
    const program = `const { Lab } = require(${JSON.stringify(join(__dirname, 'lab.js'))});
      const say = (host) => console.log(process.pid, host.pid) ?? host.waitFor('239.1.1.1', 1);
      Lab.open().then((lab) => lab.host('h')).then(say);`;
    const child = run('node', '-e', program);
    const exit = once(child, 'exit');
    const [line] = await once(child.stdout, 'data');
    const [lab, host] = String(line).trim().split(' ').map(Number);
    process.kill(lab ?? 0, 'SIGKILL');
    await until(() => !isRunning(host ?? 0), 'the host should end.');
    equal((await exit)[0], 128 + 9);
  });
});

describe('lab: refusals', () => {
  const explainWith = (refusal: string, settings: Record<string, string> = {}) =>
    explain(refusal, (name) => settings[name]);

  const cases: [string, string, Record<string, string>, RegExp][] = [
    ['no user namespaces allowed', 'unshare failed: No space left on device', {}, /user\.max_user_namespaces=10000/],
    [
      'Debian’s old switch',
      'unshare failed: Operation not permitted',
      { 'kernel.unprivileged_userns_clone': '0' },
      /unprivileged_userns_clone=1/,
    ],
    [
      'AppArmor',
      'write failed /proc/self/uid_map: Operation not permitted',
      { 'kernel.apparmor_restrict_unprivileged_userns': '1' },
      /AppArmor.*restrict_unprivileged_userns=0/,
    ],
    ['a container', 'unshare failed: Operation not permitted', {}, /--privileged/],
    ['no pairs of links', 'Error: Unknown device type.', {}, /sudo modprobe veth/],
    ['settings that cannot be written', '/proc/sys is read-only', {}, /remount,bind,rw \/proc\/sys/],
    ['no unshare', 'spawnSync unshare ENOENT', {}, /Install util-linux/],
  ];
  for (const [name, refusal, settings, advice] of cases) {
    it(`advises on ${name}`, () => {
      match(explainWith(refusal, settings), advice);
      match(explainWith(refusal, settings), /^No private network namespace can be made here \(.*\)\. /);
    });
  }
});
