/**
 * The example flows, as the files have them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../lab/namespace';

/** A node of a flow file. Tabs and config nodes have no place and no wires. */
export interface FlowNode {
  id: string;
  type: string;
  z?: string;
  x?: number;
  y?: number;
  name?: string;
  info?: string;
  wires?: string[][];
  [property: string]: unknown;
}

const DIRECTORY = join(checkout, 'examples');

/** Names of all files there, in the order of the menu. */
export const fileNames: readonly string[] = readdirSync(DIRECTORY).sort();

export const readText = (file: string): string => readFileSync(join(DIRECTORY, file), 'utf8');

export const readFlow = (file: string): FlowNode[] => JSON.parse(readText(file)) as FlowNode[];

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
