/**
 * What a form says under a field: the sentence of the server, as far as it is about that field alone, and the blame where the server puts it.
 */
import assert from 'node:assert/strict';
import type { Link } from '../../nodes/forms/links';
import { cases, validRoute } from './cases';
import { loadEditor } from './fake-editor';
import { asInForms, refusalOf } from './refusal';

const editor = loadEditor();

/** The field of a form in which the server's one is filled in. */
const inForm: Readonly<Record<string, string>> = {
  alarm: 'alarmIdle',
  expires_in: 'expiresIn',
  idle_timeout: 'idleTimeout',
  'members.among': 'membersAmong',
  'members.timeout': 'membersTimeout',
  join: 'group', // a box is never wrong
};

describe('what forms say', () => {
  for (const { field, value, ok, others } of cases) {
    if (ok) continue;
    const values = { ...validRoute, ...others, [field]: value };
    const faults = editor.faultsByField('mfc add', editor.newNode('mfc add', values));

    it(`${field} ${JSON.stringify(value).slice(0, 60)} with ${JSON.stringify(others)}`, () => {
      const { cause = {}, message = 'The server takes it.' } = refusalOf(values) ?? {};
      const name = cause.field ?? '';
      const blamed = inForm[name] ?? inForm[name.replace(/\W.*/, '')] ?? name.replace(/\[.*/, '');
      assert.ok(blamed in faults, `${message} ${JSON.stringify(faults)}`);
      if (name === 'group' || name === 'source') assert.equal(faults[blamed], asInForms(message));
    });
  }

  it('name an environment variable in a part of a field, which Node-RED does not put in', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's spelling
    const faults = editor.faultsByField('mfc add', editor.newNode('mfc add', { group: '239.1.${NET}.1' }));
    assert.match(faults.group ?? '', /^Group is not an IP address\. .* only where it is the whole field\.$/);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Node-RED's spelling
    assert.deepEqual(editor.faults('mfc add', editor.newNode('mfc add', { group: '${NET}' })), []);
  });

  it('say what is wrong inside a reserved route', () => {
    const reservedRoutes = JSON.stringify([
      { group: '239.1.1.1', oifs: 'eth2' },
      { group: '224.0.0.5', oifs: 'eth2' },
    ]);
    const faults = editor.faultsByField('mfc-controller', editor.newNode('mfc-controller', { reservedRoutes }));
    assert.match(faults.reservedRoutes ?? '', /^Reserved routes, number 2: Group is in 224\.0\.0\.0\/24/);
  });
});

const link = (name: string, state: Partial<Link> = {}): Link => {
  return { name, up: true, running: true, multicast: true, addresses: ['10.1.1.1/24'], ...state };
};

describe('what forms advise', () => {
  const links = [
    link('eth1'),
    link('eth2', { up: false }),
    link('eth3', { addresses: [] }),
    link('lo', { multicast: false }),
  ];
  const advice = (field: string, values: Record<string, unknown>, known: readonly Link[] | undefined = links) =>
    editor.advice(editor.newNode('mfc add', values), field, known);

  it('nothing where all is well, or nobody knows', () => {
    for (const iif of ['', ' ', 'eth1', 'eth3', 'eth+', '*', '$(IN)'])
      assert.equal(advice('iif', { iif }), undefined, iif);
    assert.equal(advice('oifs', { oifs: 'eth1, eth3, ' }), undefined);
    assert.equal(advice('oifs', { oifs: 'members' }), undefined);
    assert.equal(editor.advice(editor.newNode('mfc add', { iif: 'eth9' }), 'iif'), undefined);
    assert.equal(advice('group', { group: '239.1.1.1' }), undefined);
  });

  it('another interface where this one is absent, down or cannot multicast', () => {
    assert.match(advice('iif', { iif: 'eth9' }) ?? '', /^There is no interface eth9 now/);
    assert.match(advice('oifs', { oifs: 'eth1,eth2' }) ?? '', /^Interface eth2 is down/);
    assert.match(advice('iif', { iif: ' lo ' }) ?? '', /^Interface lo cannot multicast/);
    assert.match(advice('membersAmong', { members: true, membersAmong: 'eth9' }) ?? '', /^There is no interface eth9/);
  });

  it('nothing of fields that do not count, and of interfaces that may be absent', () => {
    assert.equal(advice('membersAmong', { membersAmong: 'eth9' }), undefined);
    assert.equal(advice('oifs', { oifs: 'eth9', members: true }), undefined);
    assert.equal(advice('iif', { iif: 'eth9', allowAbsent: true }), undefined);
  });
});
