/**
 * Names of interfaces, one or many in a text with commas.
 */
import type { Fault } from './fault.js';

const MAX_OUTPUTS = 31; // 32 VIFs, one of them the input.
const MAX_NAME_BYTES = 15;

/** As net/core/dev.c dev_valid_name; a comma separates names. */
export const isInterfaceName = (name: string): boolean =>
  /^(?!\.{1,2}$)[^\s/:,]+$/.test(name) && new TextEncoder().encode(name).length <= MAX_NAME_BYTES;

export const listed = (text: string): string[] => text.split(',').map((item) => item.trim());

/** Whether it stands for all interfaces, or for those whose names begin like it. */
export const isPattern = (name: string): boolean => name === '*' || name.endsWith('+');

/** Which of some outputs is wrong. */
export function outputsFault(value: string, iif: string, field: string): Fault | undefined {
  const names = listed(value);
  if (names.length > MAX_OUTPUTS) return { key: `${field}-many` };
  for (const [i, name] of names.entries()) {
    const n = i + 1;
    if (!isInterfaceName(name)) return { key: `${field}-name`, n };
    if (names.indexOf(name) < i) return { key: `${field}-twice`, n };
    if (name === iif) return { key: `${field}-iif`, n };
  }
  return undefined;
}

/** Which of some names and patterns is wrong. One may be there twice. */
export function patternsFault(value: string, field: string): Fault | undefined {
  const names = listed(value);
  if (names.length > MAX_OUTPUTS) return { key: `${field}-many` };
  const wrong = names.findIndex((name) => !isInterfaceName(name));
  return wrong < 0 ? undefined : { key: `${field}-name`, n: wrong + 1 };
}
