/**
 * What the forms of all nodes of this module share, as `RED.mfc`. The page loads it with the controller's form, before the others.
 */
import { createChecks } from './checks.js';
import { createForms } from './form.js';
import { createTableTest } from './test-table.js';

const checks = createChecks(RED, $);
const mfc = { ...checks, ...createForms(RED, $, checks), testTable: createTableTest(RED, $) };
Object.assign(RED, { mfc });
