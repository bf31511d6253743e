/**
 * Where a controller's routes are saved.
 */
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';

/** Node-RED's user directory. */
export function directoryOf(RED: NodeAPI): string {
  return RED.settings.userDir ?? '.';
}

/** One file per controller. */
export function stateFileOf(RED: NodeAPI, id: string): string {
  return join(directoryOf(RED), `mfc-${encodeURIComponent(id)}.json`);
}
