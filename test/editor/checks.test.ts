import assert from 'node:assert/strict';
import { cases, intervals, openValues, rails, tables, times, validRoute, watched } from './cases';
import { loadEditor } from './fake-editor';

const editor = loadEditor();
const flowTypes = ['mfc add', 'mfc del', 'mfc state', 'mfc event'];

describe('editor checks', () => {
  for (const type of flowTypes) {
    const fields = Object.keys(editor.definitions.get(type)?.defaults ?? {});
    const mine = cases.filter(({ field, others }) =>
      [field, ...Object.keys(others)].every((name) => fields.includes(name)),
    );

    it(`${type} accepts and refuses what the server does`, () => {
      assert.ok(mine.length > 0);
      for (const { field, value, ok, others } of mine) {
        const route = Object.entries({ ...validRoute, ...others, [field]: value });
        const values = Object.fromEntries(route.filter(([name]) => fields.includes(name)));
        const faults = editor.faults(type, editor.newNode(type, values));
        assert.equal(faults.length === 0, ok, `${JSON.stringify(values)}: ${faults.join(' ')}`);
      }
    });

    it(`${type} leaves blank fields and environment variables to the server`, () => {
      for (const value of openValues) {
        const texts = Object.entries(editor.newNode(type)).filter(([, blank]) => blank === '');
        const values = Object.fromEntries(texts.map(([name]) => [name, value]));
        for (const members of [false, true]) {
          assert.deepEqual(editor.faults(type, editor.newNode(type, { ...values, members })), [], value);
        }
      }
    });
  }

  it('mfc event accepts for an interface what the server does', () => {
    const names = cases.filter(({ field, others }) => field === 'iif' && Object.keys(others).length === 0);
    assert.ok(names.length > 0);
    for (const { value, ok } of names) {
      const faults = editor.faults('mfc event', editor.newNode('mfc event', { interface: value }));
      assert.equal(faults.length === 0, ok, `${value}: ${faults.join(' ')}`);
    }
  });

  it('accepts a field that an older flow does not have', () => {
    const node = { ...editor.newNode('mfc add'), oifs: undefined, threshold: undefined };
    assert.deepEqual(editor.faults('mfc add', node), []);
  });

  it('takes a number for its text, as hand-written flows have it', () => {
    assert.deepEqual(editor.faults('mfc add', editor.newNode('mfc add', { threshold: 16 })), []);
    assert.equal(editor.faults('mfc add', editor.newNode('mfc add', { threshold: 300 })).length, 1);
  });

  it('does not mind spaces around a value, as the nodes do not', () => {
    const values = { source: ' 10.1.1.5', group: '239.1.2.3 ', iif: ' eth1', oifs: ' eth2, eth3 ', threshold: ' 16 ' };
    assert.deepEqual(editor.faults('mfc add', editor.newNode('mfc add', values)), []);
    assert.equal(editor.faults('mfc add', editor.newNode('mfc add', { iif: ' eth1', oifs: 'eth1 ' })).length, 1);
  });

  it('judges the form that is open, not the values from before', () => {
    const opened = loadEditor();
    const node = opened.newNode('mfc add', { source: '10.1.1.5', group: '239.10.20.30' });
    opened.openForm(node, { group: 'ff05::1' });
    assert.match(opened.faults('mfc add', node).join(), /IPv6/);
    opened.openForm(node, { group: 'ff05::1', source: '2001:db8::1' });
    assert.deepEqual(opened.faults('mfc add', node), []);
  });

  it('judges the boxes of the form that is open', () => {
    const opened = loadEditor();
    const node = opened.newNode('mfc add', { group: '239.0.0.0/8', iif: 'eth1', oifs: 'eth1', threshold: '16' });
    opened.openForm(node, { members: false, join: false });
    assert.match(opened.faults('mfc add', node).join(), /is the input/);
    opened.openForm(node, { members: true, join: false });
    assert.match(opened.faults('mfc add', node).join(), /^Threshold: outputs that hosts open/);
    opened.openForm(node, { members: true, join: true, threshold: '' });
    assert.match(opened.faults('mfc add', node).join(), /^Group has too many groups to join/);
  });

  it('finds nothing wrong while the checks are not loaded yet', () => {
    const early = loadEditor(['mfc-add']);
    assert.deepEqual(early.faults('mfc add', early.newNode('mfc add', { group: 'nonsense' })), []);
  });

  it('tells which output is wrong, and never quotes it', () => {
    const faults = editor.faults('mfc add', editor.newNode('mfc add', { iif: 'eth1', oifs: 'eth2,<img src=x>' }));
    assert.equal(faults.length, 1);
    assert.match(faults.join(), /number 2/);
    assert.doesNotMatch(faults.join(), /</);
  });

  for (const [field, { good, bad }] of Object.entries({
    table: tables,
    keepSeconds: times,
    meterInterval: intervals,
    ...rails,
    watchInterfaces: watched,
  })) {
    it(`mfc-controller accepts for ${field} what the server accepts`, () => {
      for (const value of [...good, ...openValues]) {
        assert.deepEqual(
          editor.faults('mfc-controller', editor.newNode('mfc-controller', { [field]: value })),
          [],
          value,
        );
      }
      for (const value of bad) {
        assert.equal(
          editor.faults('mfc-controller', editor.newNode('mfc-controller', { [field]: value })).length,
          1,
          value,
        );
      }
    });
  }
});
