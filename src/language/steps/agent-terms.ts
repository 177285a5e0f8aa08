/** Where a task looks for its agent, for how long, and who gets it when nobody is there. */
import type { AgentStep } from '../../plan/plan';
import { headOf, isList, readFields } from '../mapping';
import type { Entry } from '../tree';
import { OTHERWISE_WORDS } from '../vocabulary';
import { CAPABILITY, readWord, TYPE } from './agent-words';
import type { StepParts } from './kind';
import { checkBound, readDuration } from './timeout';
import { readRoles } from './wait-for';

type Terms = Pick<AgentStep, 'pool' | 'requires' | 'deadlineMs' | 'waitMs' | 'otherwise'>;

export function readTaskTerms(parts: StepParts): Terms {
  const { cx, fields } = parts;
  const pool = readWord(parts, fields['pool'], { what: 'a pool', pattern: TYPE });
  const requires = fields['requires'] && readCapabilities(parts, fields['requires']);
  const deadlineMs = readDuration(cx.report, fields['deadline']);
  const waitMs = readDuration(cx.report, fields['maxWait']);
  if (fields['maxWait'] !== undefined) checkBound(cx, fields['maxWait'].value.range, waitMs);
  const otherwise = fields['otherwise'] && readOtherwise(parts, fields['otherwise']);
  return {
    ...(pool === undefined ? {} : { pool }),
    ...(requires === undefined ? {} : { requires }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
}

function readCapabilities(parts: StepParts, { key, value }: Entry): readonly string[] | undefined {
  const { report } = parts.cx;
  if (!isList(report, value, `the key ${key}`)) return undefined;
  if (value.items.length === 0)
    report.add('wrong-shape', value.range, `The key ${key} names at least one capability. Leave it out for none.`);
  const names = value.items.map((item) =>
    readWord(parts, { key, keyRange: item.range, value: item }, { what: 'a capability', pattern: CAPABILITY }),
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}

function readOtherwise(parts: StepParts, { value, keyRange }: Entry): Terms['otherwise'] {
  const { report } = parts.cx;
  const fields = readFields(report, value, OTHERWISE_WORDS, 'the key otherwise');
  if (fields === undefined) return undefined;
  if ((fields.agent === undefined) === (fields.human === undefined)) {
    const at = value.kind === 'map' ? headOf(value) : keyRange;
    report.add('wrong-shape', at, 'The key otherwise has either agent, another type, or human, a list of roles.');
    return undefined;
  }
  if (fields.human !== undefined) return { human: readRoles(parts, fields.human) };
  const agent = readWord(parts, fields.agent, { what: 'the type of an agent', pattern: TYPE });
  return agent === undefined ? undefined : { agent };
}
