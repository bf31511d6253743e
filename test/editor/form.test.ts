// What the forms show, and when.

import assert from 'node:assert/strict';
import { type EditorNode, loadEditor } from './fake-editor';

const editor = loadEditor();
const SIMPLE = { group: '239.1.1.1', iif: 'eth1', oifs: 'eth2', threshold: '16', label: 'Hall', allowAbsent: true };

describe('the form of mfc add', () => {
  const open = (values: EditorNode) => editor.editForm('mfc add', editor.newNode('mfc add', values));
  const hasOptionsOpen = (values: EditorNode): unknown => open(values)('#mfc-add-options').prop('open');

  it('keeps its options closed for who sets none', () => {
    assert.equal(hasOptionsOpen({}), false);
    assert.equal(hasOptionsOpen(SIMPLE), false);
    assert.equal(hasOptionsOpen({ ...SIMPLE, members: true, membersAmong: 'eth2', membersTimeout: '60' }), false);
  });

  for (const [field, value] of Object.entries({
    join: true,
    alarmIdle: '2',
    expiresIn: '60',
    exclude: '10.1.1.99',
    idleTimeout: 5,
  })) {
    it(`opens them where ${field} is set`, () => assert.equal(hasOptionsOpen({ ...SIMPLE, [field]: value }), true));
  }

  it('opens for a node of an older flow, which has no options', () => {
    const names = [
      'members',
      'membersAmong',
      'membersTimeout',
      'join',
      'alarmIdle',
      'expiresIn',
      'exclude',
      'idleTimeout',
    ];
    const old = Object.fromEntries(names.map((name) => [name, undefined]));
    const element = open({ ...SIMPLE, ...old });
    assert.equal(element('#mfc-add-options').prop('open'), false);
    assert.equal(element('#mfc-add-oifs').isShown, true);
  });

  it('shows outputs, or whose hosts open them', () => {
    const element = open(SIMPLE);
    const shown = (): boolean[] => ['#mfc-add-oifs', '#mfc-add-members'].map((row) => element(row).isShown);
    assert.deepEqual(shown(), [true, false]);
    element('#node-input-members').prop('checked', true);
    element('#node-input-members').trigger('change');
    assert.deepEqual(shown(), [false, true]);
    assert.deepEqual(open({ ...SIMPLE, members: true })('#mfc-add-oifs').isShown, false);
  });
});

describe('the form of mfc state', () => {
  const answer = (output: string | undefined): string =>
    editor.editForm('mfc state', editor.newNode('mfc state', { output }))('#node-input-output').val();

  it('shows what a node answers that does not say it: an object', () => assert.equal(answer(undefined), 'object'));
  it('shows what was chosen', () => assert.equal(answer('table'), 'table'));
});
