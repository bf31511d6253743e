/**
 * Just enough of Node-RED's editor to load the nodes' HTML files: registerType, catalogs, and an edit form.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { createChecks } from '../../nodes/forms/checks';
import type { Link } from '../../nodes/forms/links';
import { FakeElement } from './fake-element';

/** Names of the node files, in the order in which Node-RED loads them. */
export const nodeFiles = ['mfc-controller', 'mfc-add', 'mfc-del', 'mfc-set', 'mfc-state', 'mfc-event'] as const;
export type NodeFile = (typeof nodeFiles)[number];

const MODULE = '@mroute/node-red-mfc';
const NODES = join(__dirname, '../../nodes');

const NO_ELEMENT = { length: 0, prop: () => undefined, val: () => undefined };

export type EditorNode = Record<string, unknown>;

export interface Property {
  readonly value: unknown;
  readonly type?: string;
  readonly required?: boolean;
  readonly label?: string;
  readonly validate?: (this: EditorNode, value: unknown, opt: object) => boolean | string;
}

export interface Definition {
  readonly category: string;
  readonly color?: string;
  readonly icon?: string;
  readonly inputs?: number;
  readonly outputs?: number;
  readonly defaults: Readonly<Record<string, Property>>;
  readonly label: (this: EditorNode) => string;
  readonly labelStyle?: (this: EditorNode) => string;
  readonly oneditprepare?: (this: EditorNode) => void;
}

/** A text, or whether a box is checked. */
export type FormValues = Readonly<Record<string, string | boolean>>;

export interface Editor {
  /** By node type. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Full names of the messages that were asked for. */
  readonly asked: ReadonlySet<string>;
  /** A node with the defaults of its type, as the palette makes it. */
  newNode(type: string, values?: EditorNode): EditorNode;
  /** Why a node gets a red triangle; empty if it gets none. */
  faults(type: string, node: EditorNode): string[];
  /** The same, by field. */
  faultsByField(type: string, node: EditorNode): Record<string, string>;
  /** What is said of a value that is no fault. */
  advice(node: EditorNode, field: string, links?: readonly Link[]): string | undefined;
  /** Shows a node's form with these values in its inputs. */
  openForm(node: EditorNode, values: FormValues): void;
  /** Opens a node's form as a double click does. Answers its elements by selector. */
  editForm(type: string, node: EditorNode): (selector: string) => FakeElement;
}

export const readHtml = (file: NodeFile): string => readFileSync(join(NODES, `${file}.html`), 'utf8');
export const readHelp = (file: NodeFile): string => readFileSync(join(NODES, `locales/en-US/${file}.html`), 'utf8');

/** The catalog of a node file, `{'mfc-add.label.group': 'Group', …}`. */
export function readCatalog(file: NodeFile): Map<string, string> {
  const messages = new Map<string, string>();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === 'string') messages.set(path, value);
    else for (const [key, child] of Object.entries(value ?? {})) collect(child, path === '' ? key : `${path}.${key}`);
  };
  collect(JSON.parse(readFileSync(join(NODES, `locales/en-US/${file}.json`), 'utf8')), '');
  return messages;
}

export const scriptsIn = (html: string): string =>
  Array.from(html.matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs), ([, script]) => script).join('\n');

export function loadEditor(files: readonly NodeFile[] = nodeFiles): Editor {
  const catalogs = new Map(nodeFiles.map((file) => [`${MODULE}/${file}`, readCatalog(file)]));
  const definitions = new Map<string, Definition>();
  const namespaces = new Map<string, string>();
  const asked = new Set<string>();
  let form: { node: EditorNode; values: FormValues } | undefined;
  let loading = '';

  const translate = (name: string, values: EditorNode = {}): string => {
    const [namespace = '', key = ''] = name.split(':');
    const message = catalogs.get(namespace)?.get(key);
    if (message === undefined) throw new Error(`No message ${name}`);
    asked.add(name);
    return message.replace(/__(\w+)__/g, (_, variable: string) => String(values[variable]));
  };

  const RED = {
    _: translate,
    nodes: {
      registerType: (type: string, definition: Definition) => {
        definitions.set(type, definition);
        namespaces.set(type, loading);
      },
    },
    settings: { apiRootUrl: '' },
    editor: { getEditStack: () => (form === undefined ? [] : [form.node]) },
  };
  const elements = new Map<string, FakeElement>();
  const elementOf = (selector: string): FakeElement => {
    const element = elements.get(selector) ?? new FakeElement();
    elements.set(selector, element);
    return element;
  };
  const INPUT = '#node-input-';
  const $ = (selector: string) =>
    !selector.startsWith(INPUT) || elements.has(selector) ? elementOf(selector) : NO_ELEMENT;
  const checks = createChecks(RED, $);
  // The scripts that the forms share are loaded below: nothing is imported here.
  const context = { RED, $, URL, document: { baseURI: 'http://127.0.0.1/' }, console: { error: () => undefined } };
  for (const file of files) {
    // What a form shows needs a real page: see test/browser/fields.check.ts.
    if (file === 'mfc-controller') Object.assign(RED, { mfc: { ...checks, prepare: () => undefined } });
    loading = `${MODULE}/${file}`;
    runInNewContext(scriptsIn(readHtml(file)), context, { filename: `${file}.html` });
  }

  const definitionOf = (type: string): Definition => {
    const definition = definitions.get(type);
    if (definition === undefined) throw new Error(`No type ${type}`);
    return definition;
  };

  return {
    definitions,
    asked,
    newNode(type, values = {}) {
      const { defaults } = definitionOf(type);
      const blank = Object.fromEntries(Object.entries(defaults).map(([name, { value }]) => [name, value]));
      const _ = (key: string) => translate(`${namespaces.get(type)}:${key}`);
      return { ...blank, ...values, _ };
    },
    faults(type, node) {
      return Object.values(this.faultsByField(type, node));
    },
    faultsByField(type, node) {
      const faults = Object.entries(definitionOf(type).defaults).flatMap(([name, { validate }]) => {
        const value = form?.node === node ? (form.values[name] ?? node[name]) : node[name];
        const answer = validate?.call(node, value, {}) ?? true;
        return answer === true ? [] : [[name, String(answer)]];
      });
      return Object.fromEntries(faults);
    },
    advice: (node, field, links) => checks.advise(node, field, node[field], links),
    openForm(node, values) {
      form = { node, values };
      elements.clear();
      for (const [name, value] of Object.entries(values)) elements.set(`${INPUT}${name}`, new FakeElement(value));
    },
    editForm(type, node) {
      const values = Object.keys(definitionOf(type).defaults).map((name) => [name, node[name]] as const);
      this.openForm(node, Object.fromEntries(values) as FormValues);
      definitionOf(type).oneditprepare?.call(node);
      return elementOf;
    },
  };
}
