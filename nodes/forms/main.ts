/**
 * What the forms of all nodes of this module share. Loaded by the controller's form.
 */
import { type Checks, createChecks } from './checks.js';
import type { EditorNode, Red } from './editor.js';
import { createPrepare, type Prepare } from './form.js';
import { createTableTest } from './table-test.js';

interface Forms extends Checks {
  /** Fills in a form that opens. */
  readonly prepare: Prepare;
}

/** What there is when this is loaded. */
interface Loaded {
  readonly nodes: Record<'eachNode' | 'eachConfig', (look: (node: EditorNode) => void) => void>;
  readonly editor: { validateNode(node: EditorNode): void };
  readonly view: { redraw(): void };
}

declare const RED: Red & Loaded & { mfc?: Forms };
declare const $: JQueryStatic;

const checks = createChecks(RED, (selector) => $(selector));
const prepareFields = createPrepare(RED, $, checks);
const prepareTest = createTableTest(RED, $);
const prepare: Prepare = (node) => {
  prepareFields(node);
  prepareTest(node);
};
RED.mfc = { ...checks, prepare };

// Nodes and forms that came before this.
const isOurs = ({ type }: EditorNode): boolean => /^mfc[ -]/.test(String(type));
const validate = (node: EditorNode): void => {
  if (isOurs(node)) RED.editor.validateNode(node);
};
RED.nodes.eachNode(validate);
RED.nodes.eachConfig(validate);
RED.view.redraw();
RED.editor.getEditStack().filter(isOurs).forEach(prepare);
