/**
 * What a Node-RED and its holder say to each other: one JSON text per packet, descriptors beside it. A reply to every request, in order.
 *
 * A holder outlives updates of this package: what is said here stays understood.
 */

export type Request =
  /** The first one. `seconds`: how long to keep alone. The reply has the pid of the holder, all names, and their descriptors in that order. */
  | { ask: 'open'; seconds: number }
  /** With one descriptor. */
  | { ask: 'keep'; name: string }
  /** Let all go and end. */
  | { ask: 'release' };

export type Reply =
  | { say: 'open'; pid: number; names: string[] }
  /** Another process is served; the connection is closed. */
  | { say: 'busy'; pid: number }
  | { say: 'kept' }
  | { say: 'released' };

/** How many names there can be: all have to fit one packet, as many descriptors as the kernel allows do. */
export const MAX_NAMES = 128;
export const MAX_NAME = 64;
/** The longest that a timer of Node.js can wait, about 24 days. */
export const MAX_SECONDS = 2_147_483;

function isNumber(value: unknown, max: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME;
}

/** Undefined for anything that is no request with `fds` descriptors. */
export function readRequest(text: string, fds: number): Request | undefined {
  const value = parse(text);
  const known =
    (value.ask === 'open' && isNumber(value.seconds, MAX_SECONDS) && fds === 0) ||
    (value.ask === 'keep' && isName(value.name) && fds === 1) ||
    (value.ask === 'release' && fds === 0);
  return known ? (value as Request) : undefined;
}

/** Undefined for anything that is no reply with `fds` descriptors. */
export function readReply(text: string, fds: number): Reply | undefined {
  const value = parse(text);
  const known =
    (value.say === 'open' && Array.isArray(value.names) && value.names.every(isName) && value.names.length === fds) ||
    (fds === 0 && (value.say === 'busy' || value.say === 'kept' || value.say === 'released'));
  return known ? (value as Reply) : undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
