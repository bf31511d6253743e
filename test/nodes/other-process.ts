/**
 * Another program in the same network namespace, for tests of what happens beside us and of a sudden end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const running = new Set<ChildProcess>();

const SRC = join(__dirname, '../../src');

/** Runs `program` in Node.js, with `require` from our compiled src. Resolves when it has said a line; it does not end by itself. */
export async function startOther(program: string): Promise<{ child: ChildProcess; said: string }> {
  const code = `const src = (name) => require(${JSON.stringify(SRC)} + '/' + name); process.stdin.resume(); ${program}`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  running.add(child);
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said) };
}

/** Ends it as `kill -9` does; resolves when it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  running.delete(child);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Ends those that a failed test has left. */
export async function killAll(): Promise<void> {
  await Promise.all(Array.from(running, kill));
}
