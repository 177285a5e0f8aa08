/** `guards`, `defaults`: what holds for the whole definition. */
import type { Guards } from '../plan/plan';
import type { Compilation, Fallbacks } from './compilation';
import { readBoolean, readFields, readNumber, isMapping } from './mapping';
import type { Report } from './report';
import { readRetry, RETRY_DEFAULTS } from './retry';
import { readDuration } from './steps/timeout';
import type { Entry } from './tree';
import { BUDGET_WORDS, DEFAULTS_WORDS, GUARDS_WORDS, SECURITY_WORDS } from './vocabulary';

export interface CompiledGuards {
  readonly guards: Guards;
  readonly fallbacks: Fallbacks;
}

export function compileGuards(report: Report, entry: Entry | undefined): CompiledGuards {
  const fields = entry === undefined ? {} : (readFields(report, entry.value, GUARDS_WORDS, 'the key guards') ?? {});
  return {
    guards: { budget: readBudget(report, fields.budget), security: readSecurity(report, fields.security) },
    fallbacks: { byCategory: readFallbacks(report, fields.fallbacks), used: new Set() },
  };
}

function readBudget(report: Report, entry: Entry | undefined): Guards['budget'] {
  const fields = entry === undefined ? {} : (readFields(report, entry.value, BUDGET_WORDS, 'the key budget') ?? {});
  const { maxMs, maxTokens, maxCost } = fields;
  const ms = maxMs && readNumber(report, maxMs.value, 'the key maxMs', { minimum: 1, integer: true });
  const tokens = maxTokens && readNumber(report, maxTokens.value, 'the key maxTokens', { minimum: 1, integer: true });
  const cost = maxCost && readNumber(report, maxCost.value, 'the key maxCost', { above: 0 });
  return {
    ...(ms === undefined ? {} : { maxMs: ms }),
    ...(tokens === undefined ? {} : { maxTokens: tokens }),
    ...(cost === undefined ? {} : { maxCostUsd: cost }),
  };
}

function readSecurity(report: Report, entry: Entry | undefined): Guards['security'] {
  const fields = entry === undefined ? {} : (readFields(report, entry.value, SECURITY_WORDS, 'the key security') ?? {});
  const dataRetentionMs = readDuration(report, fields.dataRetention);
  return {
    piiRedaction: readSwitch(report, fields.piiRedaction),
    encryption: readSwitch(report, fields.encryption),
    ...(dataRetentionMs === undefined ? {} : { dataRetentionMs }),
  };
}

function readSwitch(report: Report, entry: Entry | undefined): boolean {
  return entry === undefined ? false : (readBoolean(report, entry.value, `the key ${entry.key}`) ?? false);
}

function readFallbacks(report: Report, entry: Entry | undefined): ReadonlyMap<string, Entry> {
  if (entry === undefined || !isMapping(report, entry.value, 'the key fallbacks')) return new Map();
  return new Map(entry.value.entries.map((fallback) => [fallback.key, fallback]));
}

/** After the steps: categories that no step has are likely slips, or parts of an excerpt. */
export function reportUnusedFallbacks(report: Report, fallbacks: Fallbacks): void {
  for (const [category, { keyRange }] of fallbacks.byCategory)
    if (!fallbacks.used.has(category))
      report.add(
        'unused-fallback',
        keyRange,
        `No step uses a tool of the category ${category}, so this fallback is never taken.`,
      );
}

export function compileDefaults(report: Report, entry: Entry | undefined): Compilation['defaults'] {
  const fields = entry === undefined ? {} : (readFields(report, entry.value, DEFAULTS_WORDS, 'the key defaults') ?? {});
  const timeoutMs = readDuration(report, fields.timeout);
  const retry = fields.retry === undefined ? undefined : readRetry(report, fields.retry.value, RETRY_DEFAULTS);
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(retry === undefined ? {} : { retry }) };
}
