/** Words for numbers and times in the reader's language; every function is pure. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What is told ticks only so often: what seems to be about to come has just been. */
const tick = 15_000;

/** "3 minutes ago" within a day, a local date and time after that. */
export function when(iso: string, now: number, language: string): string {
  const at = Date.parse(iso);
  const past = at > now && at <= now + tick ? 0 : now - at;
  if (Math.abs(past) >= day) {
    return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
  }
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const size = Math.abs(past);
  if (size < minute) {
    return words.format(-Math.round(past / 1_000), 'second');
  }
  return size < hour ? words.format(-Math.round(past / minute), 'minute') : words.format(-Math.round(past / hour), 'hour');
}

/** Local time to the second, with the zone's short name. */
export const exactTime = (iso: string, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(Date.parse(iso));

export const clock = (at: number, language: string): string =>
  new Intl.DateTimeFormat(language, { timeStyle: 'medium' }).format(at);

/** `840 ms`, `3.2 s`, `1m 20s`, `2h 05m`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) {
    return `${Math.round(milliseconds)} ms`;
  }
  if (milliseconds < minute) {
    return `${(milliseconds / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.floor(milliseconds / 1_000);
  return milliseconds < hour
    ? `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`
    : `${Math.floor(seconds / 3_600)}h ${String(Math.floor((seconds % 3_600) / 60)).padStart(2, '0')}m`;
}

export const count = (value: number, language: string): string => new Intl.NumberFormat(language).format(value);

/**
 * Money as text, from a decimal text; never through a float. At least two places, no trailing zeros past that.
 * @param amount for example `12.340000`
 */
export function money(amount: string): string {
  const [whole = '0', places = ''] = amount.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `$${grouped}.${places.replace(/0+$/, '').padEnd(2, '0')}`;
}
