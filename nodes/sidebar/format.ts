/**
 * Rates and times as people read them, in the language of the editor. Pure.
 */

const BIT_UNITS = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'] as const;

/** `1.05 Mbit/s`: three digits that count. */
export function formatBits(bits: number, language: string): string {
  let scaled = bits;
  let unit = 0;
  // 999.6 would be rounded to 1000 of the smaller unit.
  while (scaled >= 999.5 && unit < BIT_UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${formatNumber(scaled, language)} ${BIT_UNITS[unit]}`;
}

/** Three digits that count, and all of a whole number below 10,000: `9,876`, `12.3K`. */
export function formatNumber(value: number, language: string): string {
  if (value >= 10_000) {
    return new Intl.NumberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);
  }
  const digits = value >= 100 || value === 0 ? 0 : value >= 10 ? 1 : 2;
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);
}

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `5 sec. ago`: in the largest unit that is there in whole. */
export function formatAge(seconds: number, language: string): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [unit, size] = UNITS.find(([, length]) => whole >= length) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(language, { style: 'narrow', numeric: 'auto' });
  return format.format(-Math.floor(whole / size), unit);
}

/** Seconds from an ISO time until `now`, milliseconds since the epoch. */
export function secondsSince(time: string, now: number): number {
  return Math.max(0, (now - Date.parse(time)) / 1000);
}
