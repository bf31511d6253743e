// The holder keeps sockets over the death of the process that owned them, however it dies, and ends when it should.

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { HolderGround } from './holder-ground';
import { descriptorsOf, memoryOf } from './holders';
import { spawnKeeper } from './keeper-process';
import { OTHER_TABLE as OTHER, TABLE } from './keeper-program';

describe('keep: holder', () => {
  let ground: HolderGround;

  beforeEach(() => {
    ground = new HolderGround();
  });
  afterEach(() => ground.clear());

  it('hands the same socket to the next process after a kill, again and again', async () => {
    const first = await ground.start();
    const { kept } = first.report;
    notEqual(kept[TABLE], undefined);
    await first.kill();
    for (let i = 0; i < 5; i++) {
      const next = await ground.start();
      deepEqual(next.report.taken, kept);
      await next.kill();
    }
  });

  it('keeps several sockets, and the last one of each name', async () => {
    const first = await ground.start();
    const { [OTHER]: before } = (await first.tell(`keep ${OTHER}`)).kept;
    const { kept } = await first.tell(`keep ${OTHER}`);
    notEqual(kept[OTHER], before);
    await first.kill();
    deepEqual((await ground.start()).report.taken, kept);
    equal([...descriptorsOf(ground.holder()).values()].includes(`socket:[${before}]`), false);
  });

  it('survives what its process group gets', async () => {
    const first = await ground.start({}, { detached: true });
    const holder = ground.holder();
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGKILL'] as const) process.kill(-first.pid, signal);
    await first.kill();
    const next = await ground.start();
    deepEqual(next.report.taken, first.report.kept);
    equal(ground.holder(), holder);
  });

  it('survives a hang-up', async () => {
    const first = await ground.start();
    process.kill(ground.holder(), 'SIGHUP');
    await first.kill();
    deepEqual((await ground.start()).report.taken, first.report.kept);
  });

  it('has what was sent to it by a process that died before it was up', async () => {
    const { id, directory } = ground;
    await once(spawnKeeper({ id, directory, what: 'socket-and-die' }), 'exit');
    deepEqual(Object.keys((await ground.start()).report.taken), [TABLE]);
  });

  it('serves one process at a time, and names that to others', async () => {
    const first = await ground.start();
    const { code, message = '' } = (await ground.start()).report;
    equal(code, 'ERR_MFC_TABLE_IN_USE');
    match(message, new RegExp(`belong to the process with pid ${first.pid}\\. Two Node-REDs .*: stop one of them\\.$`));
    await first.kill();
    deepEqual((await ground.start()).report.taken, first.report.kept);
  });

  it('is one where two processes start it at the same moment', async () => {
    const both = await Promise.all([ground.start({ what: 'socket' }), ground.start({ what: 'socket' })]);
    const [winner, loser] = both.sort((a, b) => Number('code' in a.report) - Number('code' in b.report));
    notEqual(winner?.report.kept[TABLE], undefined);
    equal(loser?.report.code, 'ERR_MFC_TABLE_IN_USE');
    match(loser?.report.message ?? '', new RegExp(`pid ${winner?.pid}\\.`));
    notEqual(ground.holder(), undefined);
  });

  it('ends when it is released, which may be done twice', async () => {
    const first = await ground.start();
    await first.tell('release');
    await ground.gone();
    equal((await first.tell('release')).code, undefined);
    await first.kill();
    deepEqual((await ground.start()).report.taken, {});
  });

  it('stays when its process leaves it', async () => {
    const first = await ground.start();
    await first.tell('close');
    deepEqual((await ground.start()).report.taken, first.report.kept);
  });

  it('gives what it has to another keeper of the same process', async () => {
    const first = await ground.start();
    deepEqual((await first.tell('reopen')).taken, first.report.kept);
  });

  it('goes on for another controller of the process, for as long as that one says', async () => {
    const first = await ground.start({ seconds: 3_600 });
    equal((await first.tell('go-on 0.1')).goesOn, true);
    notEqual(ground.holder(), undefined);
    await first.kill();
    await ground.gone();
  });

  it('does not go on for one with another id, nor when it is released', async () => {
    const first = await ground.start();
    equal((await first.tell('go-on 60 other')).goesOn, false);
    await first.tell('release');
    equal((await first.tell('go-on 60')).goesOn, false);
    await ground.gone();
  });

  it('ends after its time alone, and not before', async () => {
    const first = await ground.start({ seconds: 1 });
    const start = performance.now();
    await first.kill();
    await ground.gone();
    const alone = performance.now() - start;
    ok(alone >= 1_000, `${alone} ms`);
  });

  it('takes the time from the process that it serves', async () => {
    const first = await ground.start({ seconds: 3_600 });
    await first.kill();
    const next = await ground.start({ seconds: 0.1 });
    await next.kill();
    await ground.gone();
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends on ${signal}; the next keep starts another one, with all sockets`, async () => {
      const first = await ground.start();
      await ground.end(signal);
      await ground.gone();
      const { kept } = await first.tell(`keep ${OTHER}`);
      deepEqual(Object.keys(kept).sort(), [TABLE, OTHER]);
      await first.kill();
      deepEqual((await ground.start()).report.taken, kept);
    });
  }

  it('is replaced where it died and only its file is left', async () => {
    const first = await ground.start();
    await ground.end('SIGKILL');
    await first.kill();
    ok(existsSync(ground.file()));
    const next = await ground.start();
    deepEqual(next.report.taken, {});
    await next.kill();
    deepEqual((await ground.start()).report.taken, next.report.kept);
  });

  it('leaves a file alone that is not its own', async () => {
    await ground.start();
    const file = ground.file();
    renameSync(file, `${file}.old`);
    writeFileSync(file, 'not a socket');
    await ground.end('SIGTERM');
    equal(readFileSync(file, 'utf8'), 'not a socket');
  });

  it('works in a directory with a long path', async () => {
    ground.deepen(120);
    const first = await ground.start();
    await first.kill();
    deepEqual((await ground.start()).report.taken, first.report.kept);
    await ground.end('SIGTERM');
    await ground.gone();
  });

  it('says what to do where there is no directory', async () => {
    const { code, message = '' } = (await ground.start({ directory: `${ground.directory}/none` })).report;
    equal(code, 'ERR_MFC_STORE');
    match(message, /^The routes cannot be kept: ENOENT.* Let the user that Node-RED runs as write /);
  });

  it('has a file for its user only, whatever the umask is', async () => {
    await ground.start({}, { through: ['sh', '-c', 'umask 0 && exec "$@"', 'sh'] });
    equal(lstatSync(ground.file()).mode & 0o777, 0o600);
  });

  it('has nothing open that its process had been started with', async () => {
    const number = 100;
    const file = openSync(__filename, 'r');
    const first = await ground.start({}, { stdio: [...Array<'ignore'>(number - 3).fill('ignore'), file] });
    closeSync(file);
    equal(descriptorsOf(first.pid).get(number), __filename);
    const open = [...descriptorsOf(ground.holder())].sort(([a], [b]) => a - b);
    deepEqual(
      open.slice(0, 5).map(([, target]) => target.replace(/^(socket:\[)\d+/, '$1N')),
      ['/dev/null', '/dev/null', '/dev/null', 'socket:[N]', ground.directory],
    );
    const rest = open.slice(5).map(([, target]) => target);
    const ofNode = rest.filter((target) => /^(anon_inode:|pipe:)/.test(target));
    const sockets = rest.filter((target) => target.startsWith('socket:'));
    equal(sockets.length, 2, 'the connection, and what is kept');
    equal(ofNode.length + sockets.length, rest.length, rest.join());
  });

  it('has a session of its own, the root for its directory, and no environment', async () => {
    const first = await ground.start();
    const pid = ground.holder();
    const session = (of: number) =>
      readFileSync(`/proc/${of}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')[3];
    equal(session(pid), String(pid));
    notEqual(session(first.pid), String(pid));
    equal(readlinkSync(`/proc/${pid}/cwd`), '/');
    equal(readFileSync(`/proc/${pid}/environ`, 'utf8'), '');
  });

  it('is named to another controller that wants the table, with how to end it', async () => {
    const first = await ground.start();
    await first.kill();
    const pid = ground.holder();
    const { code, message } = (await ground.start({ id: 'another' })).report;
    equal(code, 'ERR_MFC_TABLE_IN_USE');
    equal(
      message,
      `node-red-mfc holder ${ground.id} (pid ${pid}) owns the default IPv4 multicast routing table. ` +
        `It keeps the routes of another controller: start that one, or end the holder with 'kill ${pid}'.`,
    );
  });

  it('needs little memory of its own', async () => {
    await ground.start();
    const { Private_Dirty = Infinity } = memoryOf(ground.holder());
    ok(Private_Dirty < 16_000, `${Private_Dirty} kB`);
  });
});
