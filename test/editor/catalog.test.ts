import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { badFilter, REASONS, statusOf } from '../../nodes/status';
import { type ErrorCode, MfcError } from '../../src/errors';
import { EVENT_KINDS } from '../../src/streams/events/event';
import { checkout } from '../lab/namespace';
import { cases, intervals, rails, tables, times, watched } from './cases';
import { loadEditor, type NodeFile, nodeFiles, readCatalog, readHelp, readHtml, scriptsIn } from './fake-editor';
import { textsOf } from './outline';

const types: Record<NodeFile, string> = {
  'mfc-controller': 'mfc-controller',
  'mfc-add': 'mfc add',
  'mfc-del': 'mfc del',
  'mfc-set': 'mfc set',
  'mfc-state': 'mfc state',
  'mfc-event': 'mfc event',
};

/** The properties of each type in flow files, with their defaults: a contract with everybody's saved flows. */
const properties: Record<NodeFile, Record<string, unknown>> = {
  'mfc-controller': {
    name: '',
    table: '',
    keepForwarding: false,
    keepSeconds: '',
    meterInterval: '',
    watchInterfaces: '',
    allowedInterfaces: '',
    allowedGroups: '',
    allowedSources: '',
    maxRoutes: '',
    reservedRoutes: '',
    loops: 'refuse',
  },
  'mfc-add': {
    name: '',
    controller: '',
    source: '',
    group: '',
    iif: '',
    oifs: '',
    threshold: '',
    label: '',
    allowAbsent: false,
    mode: '',
    dryRun: false,
    members: false,
    membersAmong: '',
    membersTimeout: '',
    join: false,
    alarmIdle: '',
    expiresIn: '',
    exclude: '',
    idleTimeout: '',
  },
  'mfc-del': { name: '', controller: '', source: '', group: '', iif: '', oifs: '', dryRun: false },
  'mfc-set': { name: '', controller: '', label: '', allowAbsent: false, dryRun: false },
  'mfc-state': { name: '', controller: '', source: '', group: '', iif: '', output: 'object' },
  'mfc-event': { name: '', controller: '', events: [], source: '', group: '', interface: '' },
};

/** Keys in `data-i18n="key"`, `data-i18n="[placeholder]key"` and `data-i18n="[title]key;[html]key"`. */
const keysInForm = (html: string): string[] =>
  Array.from(html.matchAll(/data-i18n=(["'])(.+?)\1/g), ([, , keys = '']) => keys.split(';'))
    .flat()
    .map((key) => key.trim().replace(/^\[[\w-]+\]/, ''));

/** Keys in `_('key')`, with or without a namespace. Those that a script puts together are provoked. */
const keysInScript = (script: string): string[] =>
  Array.from(script.matchAll(/\b_\(\s*(['"`])([^$]+?)\1/g), ([, , key = '']) => key.replace(/^.*:/, ''));

/** The words under the nodes, in every state that a controller can be in. A count has a key for each form. */
function keysOfStatuses(): Set<string> {
  const asked = new Set<string>();
  const _ = (name: string, values?: object): string => {
    const key = name.replace(/^.*:/, '');
    asked.add(key);
    if (values !== undefined && 'count' in values) asked.add(`${key}_plural`);
    return key;
  };
  const RED = { _ } as unknown as NodeAPI;
  const still = { routes: 1, pending: 0, degraded: 0 };
  badFilter(RED);
  for (const state of ['opening', 'open', 'closed'] as const) statusOf(RED, { ...still, state });
  for (const part of [{ pending: 1 }, { degraded: 1 }]) statusOf(RED, { ...still, ...part, state: 'open' });
  const errors = [...(Object.keys(REASONS) as ErrorCode[]).map((code) => new MfcError(code, '?')), new Error('?')];
  for (const error of errors) statusOf(RED, { ...still, state: 'closed', error });
  return asked;
}

const FORMS = join(checkout, 'nodes/forms');

/** Keys of the controller's catalog in the scripts that the forms share, but for those of faults. */
const keysInForms = (): string[] =>
  readdirSync(FORMS).flatMap((file) =>
    Array.from(
      readFileSync(join(FORMS, file), 'utf8').matchAll(/'((?:link|test)\.[\w-]+|stays-closed)'/g),
      ([, key = '']) => `mfc-controller.${key}`,
    ),
  );

/** The messages that the checks can give: those that the cases provoke. */
function keysOfFaults(): Set<string> {
  const editor = loadEditor();
  for (const { field, value, others } of cases) {
    const values = { group: '239.10.20.30', iif: 'eth1', ...others, [field]: value };
    editor.faults('mfc add', editor.newNode('mfc add', values));
  }
  for (const table of tables.bad) editor.faults('mfc-controller', editor.newNode('mfc-controller', { table }));
  for (const keepSeconds of times.bad)
    editor.faults('mfc-controller', editor.newNode('mfc-controller', { keepSeconds }));
  for (const meterInterval of intervals.bad)
    editor.faults('mfc-controller', editor.newNode('mfc-controller', { meterInterval }));
  editor.faults('mfc event', editor.newNode('mfc event', { interface: 'eth 1' }));
  for (const [field, { bad }] of Object.entries({ ...rails, watchInterfaces: watched }))
    for (const value of bad) editor.faults('mfc-controller', editor.newNode('mfc-controller', { [field]: value }));
  editor.faults('mfc add', editor.newNode('mfc add', { group: '$(NET) ' }));
  const down = { up: false, running: false, multicast: true, addresses: [] };
  for (const links of [[], [{ ...down, name: 'eth1' }], [{ ...down, name: 'eth1', multicast: false }]]) {
    editor.advice(editor.newNode('mfc add', { iif: 'eth1' }), 'iif', links);
  }
  return new Set(Array.from(editor.asked, (name) => name.replace(/^.*:/, '')));
}

describe('editor catalog', () => {
  const otherKeys = [...keysOfFaults(), ...keysOfStatuses()];

  for (const file of nodeFiles) {
    const type = types[file];
    const html = readHtml(file);

    it(`${file}.json has the messages that the form and the script use, and no others`, () => {
      const used = [...keysInForm(html), ...keysInScript(scriptsIn(html)), ...keysInForms(), ...otherKeys];
      const mine = used.filter((key) => key.startsWith(`${file}.`));
      assert.deepEqual([...new Set(mine)].sort(), [...readCatalog(file).keys()].sort());
      const foreign = keysInForm(html).filter((key) => !key.startsWith(`${file}.`));
      assert.deepEqual([...new Set(foreign)], ['node-red:common.label.name']);
    });

    it(`${file} has help in the order of the style guide`, () => {
      const help = readHelp(file);
      assert.ok(help.includes(`data-help-name="${type}"`));
      const headings = Array.from(help.matchAll(/<h3>(\w+)<\/h3>/g), ([, heading]) => heading);
      const all = ['Inputs', 'Outputs', 'Details', 'References'];
      assert.deepEqual(headings, all.slice({ 'mfc-controller': 2, 'mfc-event': 1 }[file as string] ?? 0));
      assert.match(help, /<script[^>]*>\s*<p>[^<]+<\/p>\s*<h3>/, 'one paragraph comes first');
    });

    it(`${file} says so where a form has a field`, () => {
      const prefix = file === 'mfc-controller' ? 'node-config-input' : 'node-input';
      const inputs = Array.from(html.matchAll(/<(?:input|select)[^>]* id="([^"]+)"/g), ([, id]) => id);
      assert.deepEqual(
        inputs.sort(),
        Object.keys(properties[file])
          .filter((name) => name !== 'events') // chosen by boxes, see below
          .map((name) => `${prefix}-${name}`)
          .sort(),
      );
    });

    it(`${file} registers ${type} with the properties of flow files`, () => {
      const editor = loadEditor();
      const definition = editor.definitions.get(type);
      const values = Object.entries(definition?.defaults ?? {}).map(([name, { value }]) => [name, value]);
      assert.deepEqual(structuredClone(Object.fromEntries(values)), properties[file]);
    });
  }

  it('mfc event has a box for each kind of event', () => {
    const kinds = Array.from(readHtml('mfc-event').matchAll(/type="checkbox" value="(\w+)"/g), ([, kind]) => kind);
    assert.deepEqual(kinds, EVENT_KINDS);
  });

  it('who reads the name of a guard rail in an error finds it in the form and in the help', () => {
    const names = Object.keys(rails);
    const titles = Array.from(
      readHtml('mfc-controller').matchAll(/input-(\w+)" title="(\w+)"/g),
      ([, ...both]) => both,
    );
    assert.deepEqual(new Set(titles.flat()), new Set(names));
    assert.deepEqual(
      names.filter((name) => !textsOf(readHelp('mfc-controller'), 'code').includes(name)),
      [],
    );
  });

  it('every flow node needs a controller, has its input, one output and an icon of its own', () => {
    const editor = loadEditor();
    const icons = new Set<string>();
    for (const type of ['mfc add', 'mfc del', 'mfc set', 'mfc state', 'mfc event']) {
      const definition = editor.definitions.get(type);
      assert.equal(definition?.category, 'network');
      assert.equal(definition.inputs, type === 'mfc event' ? 0 : 1);
      assert.equal(definition.outputs, 1);
      assert.equal(definition.defaults.controller?.type, 'mfc-controller');
      assert.equal(definition.defaults.controller.required, true);
      assert.equal(definition.defaults.controller.label, 'Controller');
      icons.add(definition.icon ?? '');
    }
    assert.equal(icons.size, 5);
    for (const icon of icons) assert.match(readFileSync(join(__dirname, '../../nodes/icons', icon), 'utf8'), /^<svg /);
  });

  it('a node is labelled with its name, else with what it does', () => {
    const editor = loadEditor();
    const label = (type: string, values: Record<string, unknown>): string | undefined =>
      editor.definitions.get(type)?.label.call(editor.newNode(type, values));
    assert.equal(label('mfc add', {}), 'mfc add');
    assert.equal(label('mfc add', { group: '239.1.2.3' }), 'add 239.1.2.3');
    assert.equal(label('mfc add', { group: '239.1.2.3', dryRun: true }), 'add 239.1.2.3 (dry run)');
    assert.equal(label('mfc del', { group: '239.1.2.3' }), 'del 239.1.2.3');
    assert.equal(label('mfc del', { name: 'Stop', group: '239.1.2.3', dryRun: true }), 'Stop');
    assert.equal(label('mfc state', {}), 'mfc state');
    assert.equal(label('mfc state', { group: '239.1.2.3' }), 'state 239.1.2.3');
    assert.equal(label('mfc event', {}), 'mfc event');
    assert.equal(label('mfc event', { group: '239.1.0.0/16' }), 'events 239.1.0.0/16');
    assert.equal(label('mfc-controller', {}), 'default table');
    assert.equal(label('mfc-controller', { table: '100' }), 'table 100');
    assert.equal(label('mfc-controller', { name: 'Studio', table: '100' }), 'Studio');
  });
});
