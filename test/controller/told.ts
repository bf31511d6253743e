// A receiver of a controller's events, which writes them down.

import type { Controller } from '../../src/controller/controller';
import type { MfcEvent } from '../../src/streams/events/event';
import type { EventRequest } from '../../src/streams/events/event-filter';
import type { Subscription } from '../../src/streams/events/subscription';
import { until } from '../lab/until';

export class Told {
  readonly events: MfcEvent[] = [];
  readonly subscription: Subscription;

  constructor(controller: Controller, request: EventRequest = {}, name?: string) {
    this.subscription = controller.subscribe(request, name);
    this.subscription.listen((event) => this.events.push(event));
  }

  /** Without their times, and those before are forgotten. */
  take(): object[] {
    return this.events.splice(0).map(({ time, ...event }) => event);
  }

  /** In short: `route_removed 239.1.1.1 deleted`, `interface_up eth1`. */
  get lines(): string[] {
    return this.events.map(({ event, group, interface: link, state, reason }) => {
      return [event, group, link, state, reason].filter((word) => word !== undefined).join(' ');
    });
  }

  /** Waits until these have come, in this order, and nothing else; then they are forgotten. */
  async untilTold(...lines: string[]): Promise<void> {
    await until(
      () => this.events.length >= lines.length,
      () => `There should be\n${lines.join('\n')}\nand not\n${this.lines.join('\n')}`,
    );
    const told = this.lines;
    this.events.length = 0;
    if (told.join('\n') !== lines.join('\n'))
      throw new Error(`There was\n${told.join('\n')}\nand not\n${lines.join('\n')}`);
  }
}
