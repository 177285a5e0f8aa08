/** `trigger.schedule`: the times at which a definition starts by itself, and the payload of these starts. */
import type { Json, JsonSchema } from '../plan/json';
import type { ScheduleTrigger } from '../plan/plan';
import { readCron } from './cron';
import { fixedOf } from './literal';
import { headOf, isMapping, readFields, readLiteral } from './mapping';
import type { Range, Report } from './report';
import { timeZoneFault } from './time-zone';
import type { Entry, Tree } from './tree';
import { validateValue } from './validate';
import { OVERLAPS, SCHEDULE_WORDS } from './vocabulary';

/** `input`: JSON Schema of the trigger's payload. */
export function compileSchedule(report: Report, entry: Entry, input: JsonSchema): ScheduleTrigger | undefined {
  const fields = readFields(report, entry.value, SCHEDULE_WORDS, 'the key schedule');
  if (fields === undefined) return undefined;
  const cron = readTimes(report, fields.cron);
  const timezone = readTimeZone(report, fields.timezone);
  const overlap = readOverlap(report, fields.overlap);
  const payload = readPayload(report, fields.payload, { input, place: entry.keyRange });
  if (cron === undefined || timezone === undefined || overlap === undefined || payload === undefined) return undefined;
  return { cron, timezone, overlap, payload };
}

function readTimes(report: Report, entry: Entry | undefined): string | undefined {
  const text = entry && readLiteral(report, entry.value, 'the key cron');
  if (text === undefined) return undefined;
  const cron = readCron(text.value);
  if (!('fault' in cron)) return text.value.trim().split(/\s+/).join(' ');
  report.add('invalid-cron', text.range, cron.fault);
  return undefined;
}

function readTimeZone(report: Report, entry: Entry | undefined): string | undefined {
  if (entry === undefined) return 'UTC';
  const text = readLiteral(report, entry.value, 'the key timezone');
  const fault = text && timeZoneFault(text.value);
  if (text === undefined || fault === undefined) return text?.value;
  const meant = fault.near === undefined ? 'Write an IANA name such as Europe/Madrid.' : `Did you mean ${fault.near}?`;
  report.add('unknown-timezone', text.range, `There is no time zone ${text.value}. ${meant}`, fault.near);
  return undefined;
}

function readOverlap(report: Report, entry: Entry | undefined): ScheduleTrigger['overlap'] | undefined {
  if (entry === undefined) return 'skip';
  const text = readLiteral(report, entry.value, 'the key overlap');
  const overlap = OVERLAPS.find((word) => word === text?.value);
  if (text === undefined || overlap !== undefined) return overlap;
  const near = report.near(text.value, OVERLAPS);
  const meant = near === undefined ? '' : ` Did you mean ${near}?`;
  report.add('unknown-word', text.range, `The key overlap is one of ${OVERLAPS.join(', ')}.${meant}`, near);
  return undefined;
}

const FIXED =
  'The payload of a schedule is the same at every start, so it holds no expression. What differs can be computed in a step, from execution.startedAt for example.';

function readPayload(
  report: Report,
  entry: Entry | undefined,
  { input, place }: { readonly input: JsonSchema; readonly place: Range },
): Json | undefined {
  if (entry !== undefined && !isMapping(report, entry.value, 'the key payload')) return undefined;
  const { value, faults } = validateValue(input, entry === undefined ? {} : fixedOf(report, entry.value, FIXED));
  for (const { pointer, detail } of faults)
    report.add(
      'payload-misfit',
      placeOf(entry?.value, pointer) ?? entry?.keyRange ?? place,
      `Every start of the schedule would be refused: ${detail}`,
    );
  return faults.length === 0 ? value : undefined;
}

/** Where a JSON Pointer leads; for what is missing, the beginning of the mapping that lacks it. */
function placeOf(tree: Tree | undefined, pointer: string): Range | undefined {
  let place = tree?.kind === 'map' && tree.entries.length > 0 ? headOf(tree) : undefined;
  let at = tree;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const inner =
      at?.kind === 'map'
        ? at.entries.find((entry) => entry.key === key)?.value
        : at?.kind === 'list'
          ? at.items[Number(key)]
          : undefined;
    if (inner === undefined) return place;
    at = inner;
    place = at.kind === 'map' && at.entries.length > 0 ? headOf(at) : at.range;
  }
  return place;
}
