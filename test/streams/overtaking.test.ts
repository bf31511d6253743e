// Deploys that overtake each other: Node-RED stops the flows of one before those of the one before have started.

import { join } from 'node:path';
import { until } from '../lab/until';
import { edited, FLOW } from './flows';
import { Ground } from './ground';

const TIMES = 20;

for (const [disk, preload] of [
  ['any disk', undefined],
  ['a disk that is slow to read', join(__dirname, 'slow-reads.js')],
] as const) {
  describe(`streams over deploys that follow each other at once, on ${disk}`, function deploys() {
    this.timeout(600_000);
    let ground: Ground;

    before(async () => {
      ground = await Ground.open(FLOW, { preload });
    });
    after(() => ground.close());

    it('nothing is lost, nothing doubled, and messages are answered', async () => {
      const started = () => ground.red.log.split('Started flows').length;
      await ground.keepsFlowing(async () => {
        const before = started();
        const deploys = Array.from({ length: TIMES }, (_, i) =>
          ground.red.post('/flows', edited('routes', { keepForwarding: i % 2 === 0 }), {}, 204),
        );
        await Promise.all(deploys);
        await until(() => started() === before + TIMES, 'All deploys should have started the flows.');
      });
      await ground.add(ground.group());
    });
  });
}
