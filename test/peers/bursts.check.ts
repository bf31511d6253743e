// Ten thousand new streams in one burst: with room in the socket none is lost; without, never more than Debian's smcroute loses.
//
// Not among the tests of `npm test`, since the room takes a right of root, and smcroute must be installed. By hand, as root:
//   node dist/test/lab/run.js mocha dist/test/peers/bursts.check.js

import { deepEqual, ok } from 'node:assert/strict';
import { median } from '../bench/figures';
import { NewStreams } from './new-streams';

const COUNT = 10_000;
const ROUNDS = 5;

for (const version of [4, 6] as const) {
  describe(`${COUNT} new streams in one burst, IPv${version}`, function bursts() {
    this.timeout(600_000);
    let ground: NewStreams;

    before(async () => {
      ground = await NewStreams.open(version);
    });
    after(() => ground.close());

    it('loses none', async () => {
      const lost: number[] = [];
      for (let round = 0; round < ROUNDS; round++) lost.push(await ground.lost(() => ground.ours(), COUNT));
      deepEqual(lost, Array(ROUNDS).fill(0));
    });

    it('loses no more than smcroute, without any right', async () => {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await ground.lost(() => ground.oursWithoutRights(), COUNT));
        theirs.push(await ground.lost(() => ground.smcroute(), COUNT));
      }
      ok(median(ours) <= median(theirs), `ours ${ours}, smcroute's ${theirs}`);
    });
  });
}
