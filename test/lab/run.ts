// node dist/test/lab/run.js COMMAND ARGS… — runs COMMAND in a fresh private network namespace, where tests may
// make interfaces and multicast routes without root. Output, exit code and signals pass through.
// COMMAND may be one of node_modules/.bin (mocha).

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Command, enter } from './namespace';

function run(command: Command): void {
  const child = spawn(command.file, command.args, { env: command.env, stdio: 'inherit' });
  child.on('error', (error) => fail(error.message));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) {
    process.on(signal, () => {
      // The terminal sends these two to the child itself; a second one would mean "at once" to mocha.
      const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
      if (!fromTerminal) child.kill(signal);
    });
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

const [command, ...args] = process.argv.slice(2);
if (command === undefined) fail('Usage: node dist/test/lab/run.js COMMAND ARGS…');
else {
  try {
    run(enter(command, args));
  } catch (error) {
    fail((error as Error).message);
  }
}
