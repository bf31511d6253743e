/**
 * What the forms of all nodes of this module share. The page loads it with the controller's form, before the others.
 */
import { createChecks } from './checks.mjs';
import { createForms } from './form.mjs';
import { createTableTest } from './test-table.mjs';

export function createMfc(RED, $) {
  const checks = createChecks(RED, $);
  return { ...checks, ...createForms(RED, $, checks), testTable: createTableTest(RED, $) };
}

if (globalThis.RED) globalThis.RED.mfc = { ...globalThis.RED.mfc, ...createMfc(globalThis.RED, globalThis.$) };
