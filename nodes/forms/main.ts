/**
 * What the forms of all nodes of this module share. The page loads it with the controller's form, before the others.
 */
import { type Checks, createChecks } from './checks.js';
import type { Red } from './editor.js';
import { createPrepare, type Prepare } from './form.js';
import { createTableTest, type PrepareTest } from './table-test.js';

interface Forms extends Checks {
  readonly prepare: Prepare;
  readonly testTable: PrepareTest;
}

declare const RED: Red & { mfc?: Forms };
declare const $: JQueryStatic;

const checks = createChecks(RED, (selector) => $(selector));
RED.mfc = { ...checks, prepare: createPrepare(RED, $, checks), testTable: createTableTest(RED, $) };
