// When flows have started: also where Node-RED stops them before a start that is under way has ended.

import { deepEqual } from 'node:assert/strict';
import RED from 'node-red';
import { onStarted } from '../../nodes/started';

describe('nodes: flows have started', () => {
  let settled: string[];
  const said: string[] = [];

  before(() => onStarted(RED as never, () => settled.push(said.join(' '))));

  /** What becomes known at which event of Node-RED. */
  function tell(...events: ('stopping' | 'starting' | 'started')[]): string[] {
    settled = [];
    said.length = 0;
    for (const event of events) {
      said.push(event);
      RED.events.emit(`flows:${event}`);
    }
    return settled;
  }

  it('after each start', () => {
    deepEqual(tell('starting', 'started', 'stopping', 'starting', 'started'), [
      'starting started',
      'starting started stopping starting started',
    ]);
  });

  it('not with the end of a start that flows were stopped in', () => {
    const all = ['starting', 'stopping', 'started', 'starting', 'started'] as const;
    deepEqual(tell(...all), [all.join(' ')]);
  });

  it('with the last one of those that overlap', () => {
    const all = ['starting', 'stopping', 'starting', 'started', 'started'] as const;
    deepEqual(tell(...all), [all.join(' ')]);
  });

  it('not if flows are stopped and do not start, and then with the next start', () => {
    const all = ['starting', 'stopping', 'started', 'stopping', 'starting', 'started'] as const;
    deepEqual(tell(...all), [all.join(' ')]);
  });
});
