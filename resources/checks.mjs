/**
 * What the forms say of their fields. The nodes check again when they start and when a message comes: both say the same.
 *
 * No fault has what the user wrote in it, because the editor shows faults as HTML. Numbers, and addresses made of them, are safe.
 */
import { advice } from './advice.mjs';
import { controllerFaults } from './controller-faults.mjs';
import { routeFaults } from './route-faults.mjs';

const faults = { ...routeFaults, ...controllerFaults };

/** As @node-red/runtime lib/flows/util.js: only a whole value is replaced by an environment variable, known only to the server. */
const isVariable = (value) => /^\$(\{\S+\}|\(\S+\))$/.test(value);

/** Whether only the server knows the value. What is blank comes from the message, or is the default. */
const isOpen = (value) => value === undefined || value === null || /^\s*$/.test(value) || isVariable(value);

export function createChecks(RED, $) {
  const say = ({ key, why, ...values }) =>
    RED._(`@mroute/node-red-mfc/mfc-controller:mfc-controller.errors.${key}`, {
      ...values,
      ...(why ? { why: say(why) } : {}),
    });

  /** Another field of the node as the user sees it now: in the form while it is open. Blank if only the server knows it. */
  function currentValue(node, field) {
    const input = RED.editor.getEditStack().includes(node) ? $(`#node-input-${field}`) : [];
    const shown = (isBox) => (isBox ? input.prop('checked') : input.val());
    const value = input.length > 0 ? shown(input.prop('type') === 'checkbox') : node[field];
    return isOpen(value) ? '' : String(value).trim();
  }

  return {
    /** A validator's answer for a field of a node: true, or what is wrong and what to do. */
    check(node, field, value) {
      if (isOpen(value)) return true;
      const fault = faults[field](String(value).trim(), (name) => currentValue(node, name));
      if (!fault) return true;
      return /\$[{(]/.test(value) ? `${say(fault)} ${say({ key: 'variable' })}` : say(fault);
    },

    /** What the server takes, but the user may not mean; undefined if there is nothing to say. `links` are the live interfaces, if known. */
    advise(node, field, value, links) {
      const text = isOpen(value) ? '' : String(value).trim();
      const hint = advice[field]?.(text, (name) => currentValue(node, name), links);
      return hint && say(hint);
    },
  };
}
