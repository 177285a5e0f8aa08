/** What an expression of a step can see, built from the records. */
import type { EvaluationScope } from '../plan/expression/evaluate';
import { evaluate, evaluateCondition, references } from '../plan/expression/evaluate';
import type { Json, JsonObject } from '../plan/json';
import { pathFor } from '../plan/paths';
import type { Template } from '../plan/plan';
import type { Problem } from '../plan/problem';
import type { StepRecord } from '../plan/record';
import { render } from '../plan/template';
import type { Context } from './context';
import { remaining } from './ledger';
import { uuidFrom } from './uuid';

/** Where in the definition an expression stands; makes its `uuid()` differ from that of its neighbours. */
export interface Site {
  readonly path: string;
  readonly part: string;
  readonly error?: Problem;
}

export function evaluateAt(context: Context, source: string, site: Site): Json | undefined {
  return evaluate(source, scopeOf(context, [source], site));
}

export function conditionAt(context: Context, source: string, site: Site): boolean {
  return evaluateCondition(source, scopeOf(context, [source], site));
}

export function renderAt(context: Context, template: Template, site: Site): Json | undefined {
  if (template.kind === 'literal') return template.value;
  return render(template, scopeOf(context, templateSources(template), site));
}

/** The expressions of a template. */
function templateSources(template: Template): readonly string[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [template.source];
    case 'text':
      return template.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.source]));
    case 'object':
      return Object.values(template.fields).flatMap(templateSources);
    case 'list':
      return template.items.flatMap(templateSources);
  }
}

function scopeOf(context: Context, sources: readonly string[], site: Site): EvaluationScope {
  const { state, effects } = context;
  const error = site.error ?? context.error;
  const nowMs = state.records.get(site.path)?.startedAt ?? effects.now();
  let drawn = 0;
  return {
    roots: {
      trigger: {
        payload: state.payload,
        context: state.context,
        ...(state.event === null ? {} : { event: state.event }),
      },
      steps: stepsRoot(context, sources),
      vars: context.vars ?? state.vars,
      flags: state.snapshot.flags,
      settings: state.snapshot.settings,
      execution: {
        id: state.origin,
        startedAt: new Date(state.startedAt).toISOString(),
        status: context.status,
        remaining: remaining(context),
      },
      ...context.locals,
      ...(error === undefined ? {} : { error: error as unknown as JsonObject }),
    },
    now: () => nowMs,
    uuid: () => uuidFrom(`${state.seed}/${site.path}/${site.part}/${(drawn += 1)}`),
  };
}

/** Only the steps that the sources read: a plan may hold a thousand. */
function stepsRoot(context: Context, sources: readonly string[]): JsonObject {
  const root: Record<string, Json> = {};
  for (const source of sources) {
    const { steps } = references(source);
    for (const name of steps === 'all' ? context.places.keys() : steps) {
      const place = context.places.get(name);
      const path = place && pathFor(place, context.prefix);
      if (place !== undefined) root[name] = view(path === undefined ? undefined : context.state.records.get(path));
    }
  }
  return root;
}

/** A step as an expression sees it. One that has not run counts as skipped. */
function view(record: StepRecord | undefined): JsonObject {
  if (record === undefined) return { status: 'skipped' };
  const { status, output, error, provider, usage } = record;
  return {
    status: status === 'running' ? 'skipped' : status === 'cancelled' ? 'failed' : status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error: error as unknown as JsonObject }),
    ...(provider === undefined ? {} : { provider }),
    ...(usage === undefined ? {} : { usage: usage as unknown as JsonObject }),
  };
}
