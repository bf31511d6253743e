/**
 * What the forms say of their fields. The nodes check again when they start and when a message comes: both say the same.
 *
 * No fault has what the user wrote in it, because the editor shows faults as HTML. Numbers, and addresses made of them, are safe.
 */
import { advice } from './advice.js';
import { controllerFaults } from './controller-faults.js';
import type { Check, Fault } from './fault.js';
import type { LiveInterface } from './links.js';
import { routeFaults } from './route-faults.js';

const faults: Readonly<Record<string, Check>> = { ...routeFaults, ...controllerFaults };

/** What it needs of Node-RED's editor. */
export interface Editor {
  _(key: string, values?: Readonly<Record<string, unknown>>): string;
  readonly editor: { getEditStack(): readonly object[] };
}

/** As jQuery finds them. */
type Find = (selector: string) => { readonly length: number; prop(name: string): unknown; val(): unknown };

export type FormNode = Readonly<Record<string, unknown>>;

export interface Checks {
  /** A validator's answer for a field of a node: true, or what is wrong and what to do. */
  check(node: FormNode, field: string, value: unknown): true | string;
  /** What the server takes, but the user may not mean; undefined if there is nothing to say. `links` are the live interfaces, if known. */
  advise(node: FormNode, field: string, value: unknown, links?: readonly LiveInterface[]): string | undefined;
}

/** As @node-red/runtime lib/flows/util.js: only a whole value is replaced by an environment variable, known only to the server. */
const isVariable = (value: unknown): boolean => /^\$(\{\S+\}|\(\S+\))$/.test(String(value));

const shown = (input: ReturnType<Find>): unknown =>
  input.prop('type') === 'checkbox' ? input.prop('checked') : input.val();

/** Whether only the server knows the value. What is blank comes from the message, or is the default. */
const isOpen = (value: unknown): boolean =>
  value === undefined || value === null || /^\s*$/.test(String(value)) || isVariable(value);

export function createChecks(RED: Editor, $: Find): Checks {
  const say = ({ key, why, ...values }: Fault): string =>
    RED._(`@mroute/node-red-mfc/mfc-controller:mfc-controller.errors.${key}`, {
      ...values,
      ...(why ? { why: say(why) } : {}),
    });

  /** Another field of the node as the user sees it now: in the form while it is open. Blank if only the server knows it. */
  function currentValue(node: FormNode, field: string): string {
    const input = RED.editor.getEditStack().includes(node) ? $(`#node-input-${field}`) : undefined;
    const value = input === undefined || input.length === 0 ? node[field] : shown(input);
    return isOpen(value) ? '' : String(value).trim();
  }

  return {
    check(node, field, value) {
      if (isOpen(value)) return true;
      const fault = faults[field]?.(String(value).trim(), (name) => currentValue(node, name));
      if (!fault) return true;
      return /\$[{(]/.test(String(value)) ? `${say(fault)} ${say({ key: 'variable' })}` : say(fault);
    },

    advise(node, field, value, links) {
      const text = isOpen(value) ? '' : String(value).trim();
      const hint = advice[field]?.(text, (name) => currentValue(node, name), links);
      return hint && say(hint);
    },
  };
}
