/**
 * What the forms say of their fields. The nodes check again when they start and when a message comes: both say the same.
 *
 * No fault has what the user wrote in it, because the editor shows faults as HTML. Numbers, and addresses made of them, are safe.
 */
import { advice, type Links } from './advice.js';
import { controllerFaults } from './controller-faults.js';
import { type EditorNode, keyOf, type Red } from './editor.js';
import type { Check, Fault } from './fault.js';
import { routeFaults } from './route-faults.js';

const faults: Readonly<Record<string, Check>> = { ...routeFaults, ...controllerFaults };

/** As @node-red/runtime lib/flows/util.js: only a whole value is replaced by an environment variable, known only to the server. */
const isVariable = (value: unknown): boolean => /^\$(\{\S+\}|\(\S+\))$/.test(String(value));

/** Whether only the server knows the value. What is blank comes from the message, or is the default. */
const isOpen = (value: unknown): boolean => /^\s*$/.test(String(value ?? '')) || isVariable(value);

export interface Checks {
  /** A validator's answer for a field of a node: true, or what is wrong and what to do. */
  check(node: EditorNode, field: string, value: unknown): true | string;
  /** What the server takes, but the user may not mean; undefined if there is nothing to say. */
  advise(node: EditorNode, field: string, value: unknown, links?: Links): string | undefined;
}

/** What is read of a form. */
interface Inputs {
  readonly length: number;
  prop(name: string): unknown;
  val(): unknown;
}

export function createChecks(RED: Pick<Red, '_' | 'editor'>, $: (selector: string) => Inputs): Checks {
  const say = ({ key, why, ...values }: Fault): string =>
    RED._(keyOf(`errors.${key}`), why === undefined ? values : { ...values, why: say(why) });

  /** Another field of the node as the user sees it now: in the form while it is open. Blank if only the server knows it. */
  function currentValue(node: EditorNode, field: string): string {
    const input = $(`#node-input-${field}`);
    const isShown = RED.editor.getEditStack().includes(node) && input.length > 0;
    const shown = (): unknown => (input.prop('type') === 'checkbox' ? input.prop('checked') : input.val());
    const value = isShown ? shown() : node[field];
    return isOpen(value) ? '' : String(value).trim();
  }

  return {
    check(node: EditorNode, field: string, value: unknown): true | string {
      if (isOpen(value)) return true;
      const fault = faults[field]?.(String(value).trim(), (name) => currentValue(node, name));
      if (!fault) return true;
      return /\$[{(]/.test(String(value)) ? `${say(fault)} ${say({ key: 'variable' })}` : say(fault);
    },

    advise(node: EditorNode, field: string, value: unknown, links?: Links): string | undefined {
      const text = isOpen(value) ? '' : String(value).trim();
      const hint = advice[field]?.(text, (name) => currentValue(node, name), links);
      return hint && say(hint);
    },
  };
}
