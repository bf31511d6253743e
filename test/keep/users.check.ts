// A holder and processes of other users: neither side trusts the other. Needs root, to be other users.
//
// Not among the tests of `npm test`. By hand, as root: node dist/test/lab/run.js mocha dist/test/keep/users.check.js

import { deepEqual, equal, match } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HolderGround } from './holder-ground';
import type { KeeperProcess, KeeperProcessOptions } from './keeper-process';
import { TABLE } from './keeper-program';

const OWNER = 54_321;
const STRANGER = 54_322;

/** Runs a command as that user, who may read this checkout wherever it is. */
function become(uid: number): string[] {
  const capability = '+dac_read_search';
  const ids = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups'];
  return ['setpriv', ...ids, '--inh-caps', capability, '--ambient-caps', capability];
}

const as = (uid: number): KeeperProcessOptions => ({ through: become(uid) });

/** What a holder replies to a user; empty if it closes. */
async function ask(file: string, uid: number): Promise<string> {
  const [setpriv = '', ...args] = [...become(uid), process.execPath, join(__dirname, 'stranger-program.js'), file];
  const { stdout } = await promisify(execFile)(setpriv, args);
  return stdout.trimEnd();
}

describe('keep: users', () => {
  let ground: HolderGround;
  let first: KeeperProcess;

  beforeEach(async () => {
    ground = new HolderGround();
    chownSync(ground.directory, OWNER, OWNER);
    chmodSync(ground.directory, 0o755);
    first = await ground.start({ what: 'socket' }, as(OWNER));
    await first.kill();
  });
  afterEach(() => ground.clear());

  it('a holder serves its own user', async () => {
    equal(typeof first.report.kept[TABLE], 'number', JSON.stringify(first.report));
    deepEqual((await ground.start({ what: 'socket' }, as(OWNER))).report.taken, first.report.kept);
  });

  it('the file keeps other users out', async () => {
    const { code, message = '' } = (await ground.start({ what: 'socket' }, as(STRANGER))).report;
    equal(code, 'ERR_MFC_PERMISSION');
    match(message, /^The process that keeps the routes belongs to another user\. Start Node-RED as that user/);
  });

  it('the holder refuses other users even if the file lets them in, but not root', async () => {
    chmodSync(ground.file(), 0o666);
    equal(await ask(ground.file(), STRANGER), '');
    match(await ask(ground.file(), 0), /^\{"say":"open",.*"names":\["ipv4-253"\]\}$/);
    deepEqual((await ground.start({ what: 'socket' }, as(OWNER))).report.taken, first.report.kept);
  });

  it('a Node-RED refuses the holder of another user, root as well', async () => {
    const { code, message, taken } = (await ground.start({ what: 'socket' })).report;
    deepEqual([code, taken], ['ERR_MFC_PERMISSION', {}]);
    equal(
      message,
      `The process that keeps the routes runs as another user (uid ${OWNER}). Start Node-RED as that user, or end that process.`,
    );
  });
});
