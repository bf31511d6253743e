/**
 * Rules as the kernel lists them. The bytes are those of Linux 6.18 on x86-64 after
 * `ip mrule add iif a lookup 100; ip mrule add lookup 200`.
 */
import assert from 'node:assert/strict';
import { littleEndian } from '../../src/abi/endian';
import { dumpEnd } from '../../src/abi/netlink';
import { decodeRules, encodeRuleDump, RULE_DUMP_SIZE } from '../../src/abi/rule';
import { listRules } from '../../src/kernel/rules';
import { ip } from '../lab/ip';

const RECORDED = Buffer.from(
  '3c00000020000200010000008d44000080000000640000010800000008000f00' +
    '6400000008000e00ffffffff050015000000000006000300610000003c000000' +
    '20000200010000008d44000080000000c80000010000000008000f00c8000000' +
    '08000e00ffffffff050015000000000008000600fe7f00003c00000020000200' +
    '010000008d44000080000000fd0000010000000008000f00fd00000008000e00' +
    'ffffffff050015000200000008000600ff7f0000140000000300020001000000' +
    '8d44000000000000',
  'hex',
);

describe('rules of multicast routing', () => {
  if (littleEndian) {
    it('reads the recorded list', () => {
      const rules = decodeRules(RECORDED, RECORDED.length);
      assert.deepEqual(rules, [{ table: 100, iif: 'a' }, { table: 200 }, { table: 253 }]);
      assert.equal(dumpEnd(RECORDED, RECORDED.length), 0);
    });

    it('reads what is whole of a list that was cut off', () => {
      assert.deepEqual(decodeRules(RECORDED, 130), [{ table: 100, iif: 'a' }, { table: 200 }]);
      assert.equal(dumpEnd(RECORDED, 130), undefined);
    });
  }

  it('writes every byte of the question', () => {
    const bytes = new Uint8Array(RULE_DUMP_SIZE).fill(0xff);
    encodeRuleDump(bytes, 6);
    assert.equal(bytes[16], 129);
    assert.ok(bytes.subarray(17).every((byte) => byte === 0));
  });

  for (const [version, args, defaultTable] of [
    [4, [], 253],
    [6, ['-6'], 254],
  ] as const) {
    it(`IPv${version}: the kernel's list, with a rule more and without`, async () => {
      assert.deepEqual(listRules(version), [{ table: defaultTable }]);
      // More rules than fit one datagram.
      const names = Array.from({ length: 700 }, (_, i) => `interface${i}`);
      for (const verb of ['add', 'del'] as const) {
        const lines = names.map((name) => `mrule ${verb} iif ${name} lookup 1000`);
        await ip([...args, '-batch', '-'], `${lines.join('\n')}\n`);
        if (verb === 'del') continue;
        const rules = listRules(version).filter((rule) => rule.table === 1000);
        assert.deepEqual(rules.map((rule) => rule.iif).sort(), names.toSorted());
      }
      assert.deepEqual(listRules(version), [{ table: defaultTable }]);
    });
  }
});
