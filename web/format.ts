/** Times, amounts and sizes as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `850 ms`, `3.2 s`, `4 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * SECOND) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return both(ms, [MINUTE, 'min'], [SECOND, 's']);
  if (ms < DAY) return both(ms, [HOUR, 'h'], [MINUTE, 'min']);
  return both(ms, [DAY, 'd'], [HOUR, 'h']);
}

type Unit = readonly [ms: number, name: string];

function both(ms: number, [large, name]: Unit, [small, rest]: Unit): string {
  const left = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${name}${left === 0 ? '' : ` ${left} ${rest}`}`;
}

/** How long ago, or in how long: `just now`, `5 min ago`, `in 2 h`. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  const length = duration(Math.abs(ms));
  if (ms >= 0) return ms < 5 * SECOND ? 'just now' : `${length.replace(/^(\S+ \S+) .*$/, '$1')} ago`;
  // A due time is near when its hours count.
  return `in ${length}`;
}

/** `2026-01-31 14:05:09` in the reader's own time. */
export function moment(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** US dollars: two digits, more for small amounts. */
export function usd(amount: number): string {
  if (amount === 0) return '$0';
  if (amount < 0.0001) return '< $0.0001';
  return `$${amount < 0.1 ? amount.toFixed(4) : amount.toFixed(2)}`;
}

/** `950`, `12.4 k`, `3.1 M`. */
export function count(value: number): string {
  if (value < 10_000) return String(value);
  return value < 1_000_000 ? `${(value / 1000).toFixed(1)} k` : `${(value / 1_000_000).toFixed(1)} M`;
}

/** Numbers of any kind: whole ones as `count` has them, others with three digits that tell. */
export function plain(value: number): string {
  return Number.isInteger(value) ? count(value) : value.toPrecision(3);
}

/** `512 B`, `64 KiB`, `1.5 MiB`. */
export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1024 * 1024 ? `${Math.round(size / 1024)} KiB` : `${(size / 1024 / 1024).toFixed(1)} MiB`;
}

/** `1 step`, `3 steps`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}
