/**
 * 10,000 new streams in one burst: how many of them are lost. A right to a large socket buffer decides, so both cases are shown.
 */
import { NewStreams } from '../peers/new-streams';
import { hasSmcroute } from '../peers/smcroute';
import { median, report } from './figures';

const COUNT = 10_000;
const ROUNDS = 7;

/** In turns, since machines are noisy. The lab of this namespace must be closed. */
export async function reportBursts(): Promise<void> {
  const ground = await NewStreams.open();
  const [ours, withoutRights, smcroute]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await ground.lost(() => ground.ours(), COUNT));
      withoutRights.push(await ground.lost(() => ground.oursWithoutRights(), COUNT));
      if (hasSmcroute()) smcroute.push(await ground.lost(() => ground.smcroute(), COUNT));
    }
  } finally {
    await ground.close();
  }
  const percent = (lost: number[]) => (100 * median(lost)) / COUNT;
  report('10,000 new streams in one burst, lost, with the rights here', percent(ours), '%');
  report('  with the smallest socket buffer that Linux has by default', percent(withoutRights), '%');
  if (smcroute.length === 0) return;
  report('  smcroute', percent(smcroute), '%');
  report('  with the smallest buffer, against smcroute', median(withoutRights) / median(smcroute), '×', { atMost: 1 });
}
