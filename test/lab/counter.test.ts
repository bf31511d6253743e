import { deepEqual, equal } from 'node:assert/strict';
import { Counter } from './counter';
import { decodePacket, encodePacket, MIN_SIZE } from './packet';

function count(...sequence: number[]) {
  const counter = new Counter();
  for (const number of sequence) counter.add(number);
  return counter.count();
}

describe('lab: counter', () => {
  it('counts nothing', () => {
    deepEqual(count(), { received: 0, lost: 0, duplicated: 0, outOfOrder: 0, first: -1, last: -1, ranges: [] });
  });

  it('counts a complete stream', () => {
    const all = Array.from({ length: 20_000 }, (_, index) => index);
    const { received, lost, duplicated, outOfOrder, ranges } = count(...all);
    deepEqual(
      { received, lost, duplicated, outOfOrder, ranges },
      { received: 20_000, lost: 0, duplicated: 0, outOfOrder: 0, ranges: [[0, 19_999]] },
    );
  });

  it('sees what is missing, from number 0 on', () => {
    const { received, lost, first, last, ranges } = count(2, 3, 7);
    deepEqual(
      { received, lost, first, last, ranges },
      {
        received: 3,
        lost: 5,
        first: 2,
        last: 7,
        ranges: [
          [2, 3],
          [7, 7],
        ],
      },
    );
  });

  it('sees duplicates and does not count them as received', () => {
    const { received, lost, duplicated, outOfOrder } = count(0, 1, 1, 2, 0);
    deepEqual({ received, lost, duplicated, outOfOrder }, { received: 3, lost: 0, duplicated: 2, outOfOrder: 0 });
  });

  it('sees a late packet: out of order, not lost', () => {
    const { received, lost, outOfOrder } = count(0, 2, 3, 1, 4);
    deepEqual({ received, lost, outOfOrder }, { received: 5, lost: 0, outOfOrder: 1 });
  });
});

describe('lab: packet', () => {
  it('reads what it wrote', () => {
    const packet = { stream: 7, sequence: 0xfedcba98, group: 'ff3e:1234:5678:9abc:def0:1234:5678:9abc' };
    deepEqual(decodePacket(encodePacket(packet)), packet);
    equal(encodePacket(packet, 1316).length, 1316);
  });

  it('ignores what is not from the lab', () => {
    equal(decodePacket(Buffer.alloc(MIN_SIZE)), undefined);
    equal(decodePacket(Buffer.from('short')), undefined);
  });
});
