/**
 * What Linux does with packets that come while their entry is rewritten: each finds the entry, and hardly any misses an output that stays.
 */
import { equal, ok } from 'node:assert/strict';
import type { IpVersion } from '../../src/abi/address';
import type { MfcEntry } from '../../src/abi/family';
import { linux } from '../../src/kernel/linux';
import { type Host, Lab } from '../lab/lab';

const PACKETS = 20_000;
const RATE = 10_000;
/** As many as a loop can do between packets: far more than anybody ever will. */
const AT_ONCE = 200;

describe('an entry that is rewritten all the time', () => {
  const others = Array.from({ length: 10 }, (_, n) => `other${n}`);
  let lab: Lab;
  let camera: Host;
  let tv: Host;

  before(async () => {
    lab = await Lab.open();
    [camera, tv] = [await lab.host('camera'), await lab.host('tv')];
    await lab.link(...others);
  });
  after(() => lab.close());

  for (const [version, group] of [
    [4, '239.10.40.1'],
    [6, 'ff15::40:1'],
  ] as const satisfies [IpVersion, string][]) {
    it(`IPv${version}: gets every packet of ${RATE} a second, and passes on at least 90 % to an output that stays`, async () => {
      const socket = linux.openMroute(version, undefined);
      try {
        const source = version === 4 ? camera.ipv4 : camera.ipv6;
        for (const [vifi, name] of ['camera', 'tv', ...others].entries()) {
          socket.addVif(vifi, linux.findLink(name)?.ifindex ?? 0);
        }
        const entry = (vifs: number[]): MfcEntry => ({
          version,
          source,
          group,
          parent: 0,
          outputs: vifs.map((vifi) => ({ vifi, threshold: 1 })),
        });
        const forms = [entry([1]), entry([1, ...others.map((_, n) => n + 2)])];
        for (const form of forms) socket.addMfc(form);
        await tv.capture(version, PACKETS);

        let isOver = false;
        const sending = camera.burst([group], { count: PACKETS, rate: RATE, sources: [source] }).finally(() => {
          isOver = true;
        });
        while (!isOver) {
          for (let n = 0; n < AT_ONCE; n++) for (const form of forms) socket.addMfc(form);
          await new Promise(setImmediate);
        }
        equal(await sending, PACKETS);
        await tv.settle();

        const { packets, wrong_if } = socket.mfcCounters(source, group) ?? {};
        equal(packets, PACKETS);
        equal(wrong_if, 0);
        const { packets: kept } = await tv.captured();
        equal(kept, socket.vifCounters(1)?.packets_out);
        ok(kept >= 0.9 * PACKETS, `${kept} of ${PACKETS} have come`);
      } finally {
        socket.close();
      }
    });
  }
});
