// node dist/test/kernel/watch-program.js MODE — a process with a watch that does what MODE says, and says what it heard.

import { linux } from '../../src/kernel/linux';
import { until } from '../lab/until';
import { Diary } from './diary';

/** How a process with an open watch may come to its end, and what must not befall the watch meanwhile. */
const modes: Record<string, (diary: Diary) => void | Promise<void>> = {
  'end of work': () => undefined,
  'process.exit': () => process.exit(7),
  'end with something to read': () => void linux.openMroute(4, undefined),
  'process.exit with something to read': () => {
    linux.openMroute(4, undefined);
    process.exit(7);
  },
  'uncaught error': () => {
    throw new Error('This is the end.');
  },
  async collection(diary) {
    for (let n = 0; n < 3; n++) {
      (globalThis as { gc?: () => void }).gc?.();
      await new Promise(setImmediate);
    }
    await hears(diary);
  },
  async 'failing listener'(diary) {
    const thrown: unknown[] = [];
    process.on('uncaughtException', (error) => thrown.push(error.message));
    diary.entry = () => {
      throw new Error('I am not well.');
    };
    linux.openMroute(4, undefined).addMfc({ version: 4, source: '*', group: '239.1.1.1', parent: 0, outputs: [] });
    await until(() => thrown.length === 1, 'the error should be thrown');
    console.log(thrown.join());
    await hears(diary);
  },
};

async function hears(diary: Diary): Promise<void> {
  diary.clear();
  const socket = linux.openMroute(6, undefined);
  await until(() => diary.lines.includes('owner 6'), 'the new owner should be told');
  console.log('heard');
  socket.close();
}

const diary = new Diary();
linux.watch(undefined, diary);
void modes[process.argv[2] ?? '']?.(diary);
