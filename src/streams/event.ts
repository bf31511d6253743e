/**
 * What happens, as values that a flow gets as messages.
 */
import type { Rule } from '../routing/route';

export const EVENT_KINDS = [
  'route_added',
  'route_changed',
  'route_removed',
  'route_pending',
  'route_active',
  'stream_started',
  'stream_lost',
  'stream_restored',
  'unrouted',
  'wrong_interface',
  'interface_up',
  'interface_down',
  'interface_gone',
  'interface_back',
  'member_joined',
  'member_left',
  'controller_open',
  'controller_closed',
  'rates',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/** What an event is about; which keys there are depends on its kind. */
export interface About extends Partial<Rule> {
  /** Name of the interface. */
  interface?: string;
  reason?: string;
  [detail: string]: unknown;
}

export interface MfcEvent extends About {
  event: EventKind;
  /** When it was noticed, ISO 8601. */
  time: string;
}
