/** The times of a schedule: five fields as POSIX crontab has them, and what Temporal is given for them. */

/** What is wrong, or the expressions whose times, taken together, are meant. */
export type Cron = { readonly fault: string } | { readonly expressions: readonly string[] };

interface FieldRules {
  readonly what: string;
  readonly minimum: number;
  readonly maximum: number;
  /** Names of the values, from `minimum` on. */
  readonly names?: readonly string[];
}

const FIELDS: readonly FieldRules[] = [
  { what: 'minute', minimum: 0, maximum: 59 },
  { what: 'hour', minimum: 0, maximum: 23 },
  { what: 'day of the month', minimum: 1, maximum: 31 },
  { what: 'month', minimum: 1, maximum: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  // Sunday is both 0 and 7.
  { what: 'day of the week', minimum: 0, maximum: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
];

/** Days of each month; February in a leap year. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads `minute hour day-of-month month day-of-week` (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html),
 * with steps and English names besides. Where both days are restricted either of them suffices, as everywhere but in Temporal:
 * that is why there can be two expressions.
 */
export function readCron(text: string): Cron {
  const words = text.trim().split(/\s+/);
  if (words.length !== FIELDS.length)
    return {
      fault: `A cron expression has five fields (minute, hour, day of the month, month, day of the week), such as 0 8 * * 1-5; this has ${text.trim() === '' ? 'none' : words.length}.`,
    };
  const fields: string[] = [];
  for (const [index, rules] of FIELDS.entries()) {
    const values = readField(words[index] ?? '', rules);
    if (typeof values === 'string') return { fault: values };
    fields.push(words[index] === '*' ? '*' : values.join(','));
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const either = !(words[2] ?? '').startsWith('*') && !(words[4] ?? '').startsWith('*');
  if (either) return { expressions: [join(minute, hour, day, month, '*'), join(minute, hour, '*', month, weekday)] };
  if (!comes(day, month)) return { fault: `None of these months has a day ${day}, so the schedule would never start.` };
  return { expressions: [join(minute, hour, day, month, weekday)] };
}

function join(...fields: readonly string[]): string {
  return fields.join(' ');
}

/** The values of one field in order, or why it has none. */
function readField(word: string, rules: FieldRules): readonly number[] | string {
  const { what, minimum, maximum } = rules;
  const values = new Set<number>();
  for (const part of word.split(',')) {
    const [, range = '', step = '1'] = /^([^/]*)(?:\/(\d{1,4}))?$/.exec(part) ?? [];
    const bounds = boundsOf(range, part.includes('/'), rules);
    if (bounds === undefined || Number(step) === 0)
      return `"${part}" is no ${what}: write *, a number from ${minimum} to ${maximum === 7 ? 6 : maximum}, a range such as ${minimum}-${minimum + 4}, or one with a step such as */5.`;
    for (let value = bounds.first; value <= bounds.last; value += Number(step))
      values.add(maximum === 7 ? value % 7 : value);
  }
  return [...values].sort((a, b) => a - b);
}

/** `stepped`: a single value then begins a range. */
function boundsOf(range: string, stepped: boolean, rules: FieldRules): { first: number; last: number } | undefined {
  // A whole week has Sunday once.
  const whole = rules.maximum === 7 ? 6 : rules.maximum;
  if (range === '*') return { first: rules.minimum, last: whole };
  const ends = range.split('-').map((end) => valueOf(end, rules));
  const [first, last = stepped ? whole : first] = ends;
  if (first === undefined || last === undefined || ends.length > 2 || ends.includes(undefined)) return undefined;
  return first <= last ? { first, last } : undefined;
}

function valueOf(text: string, { minimum, maximum, names = [] }: FieldRules): number | undefined {
  const named = names.indexOf(text.toLowerCase());
  const value = named === -1 ? (/^\d{1,2}$/.test(text) ? Number(text) : NaN) : named + minimum;
  return value >= minimum && value <= maximum ? value : undefined;
}

function comes(day: string, month: string): boolean {
  if (day === '*') return true;
  const months = month === '*' ? DAYS.map((_, index) => index + 1) : month.split(',').map(Number);
  const first = Number(day.split(',')[0]);
  return months.some((one) => first <= (DAYS[one - 1] ?? 0));
}
