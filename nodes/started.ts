/**
 * When Node-RED's flows have started, all of them. Deploys overtake each other: while the flows of one start, those of the next stop, and
 * what Node-RED calls the end of the first start is only its own.
 */
import type { NodeAPI } from 'node-red';

const listeners = new Set<() => void>();
/** So many starts are under way. */
let starts = 0;
/** Flows have stopped, and their start has not begun. */
let isDue = false;
let isListening = false;

/** Calls whenever no start is under way any more, and none is due. */
export function onStarted(RED: NodeAPI, listener: () => void): void {
  listeners.add(listener);
  if (isListening) return;
  isListening = true;
  RED.events.on('flows:stopping', () => {
    isDue = true;
  });
  RED.events.on('flows:starting', () => {
    isDue = false;
    starts++;
  });
  RED.events.on('flows:started', () => {
    starts = Math.max(0, starts - 1);
    if (starts === 0 && !isDue) for (const each of listeners) each();
  });
}
