/** Numbers that a program records by itself: made when they are first recorded, bounded in names and labels. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { OmniError } from '../plan/problem';
import { foldedLabels } from './folded-labels';
import type { MetricTerms } from './metric-list';

export type Labels = Readonly<Record<string, string>>;

export interface RecordedSample {
  /** Letters, digits and `_`; none of ours. */
  readonly name: string;
  readonly type: MetricTerms['type'];
  readonly value: number;
  readonly labels: Labels;
}

export interface RecordedMetrics {
  /** Throws `validation` for what Prometheus refuses, and where a name is ours or was recorded as another type or with other labels. */
  record(sample: RecordedSample): void;
}

/** https://prometheus.io/docs/concepts/data_model/ */
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/;
const OURS = /^(orchestrator|temporal)_/;
const MAX_NAMES = 200;
const MAX_LABELS = 10;
const MAX_LABEL_CHARACTERS = 100;

interface Recorded {
  readonly type: MetricTerms['type'];
  readonly labels: readonly string[];
  readonly metric: Counter | Gauge | Histogram;
}

/** `folded`: told of a label whose value was not told apart any more. */
export function recordedMetrics(registry: Registry, folded: (label: string) => void): RecordedMetrics {
  const known = new Map<string, Recorded>();
  const fold = foldedLabels(() => true, folded);
  const refuse = (detail: string): never => {
    throw new OmniError('validation', detail);
  };
  const found = ({ name, type, labels }: RecordedSample): Recorded => {
    const names = Object.keys(labels).sort();
    const there = known.get(name);
    if (there !== undefined) {
      if (there.type !== type) refuse(`${name} is recorded as a ${there.type} already, so it cannot be a ${type} too.`);
      if (there.labels.join() !== names.join())
        refuse(
          `${name} has the labels ${there.labels.join(', ') || 'none'}: record it with these, not with ${names.join(', ') || 'none'}.`,
        );
      return there;
    }
    if (!NAME.test(name)) refuse(`"${name.slice(0, 100)}" cannot be the name of a metric: it matches ${NAME.source}.`);
    if (OURS.test(name)) refuse(`${name} begins as the platform’s own metrics do. Choose another name.`);
    const wrong = names.find((label) => !NAME.test(label) || label.startsWith('__') || label === 'le');
    if (wrong !== undefined) refuse(`"${wrong.slice(0, 100)}" cannot be a label of ${name}.`);
    if (names.length > MAX_LABELS) refuse(`${name} has ${names.length} labels; ${MAX_LABELS} are allowed.`);
    if (known.size >= MAX_NAMES) refuse(`${MAX_NAMES} metrics are recorded already. Use labels for what differs.`);
    const made = { type, labels: names, metric: metricOf(name, { type, labels: names }, registry) };
    known.set(name, made);
    return made;
  };
  return {
    record(sample) {
      const { name, value, labels } = sample;
      if (!Number.isFinite(value)) refuse(`${name} was recorded with a value that is no number.`);
      if (sample.type === 'counter' && value < 0)
        refuse(`${name} is a counter, which never falls: ${value} was recorded.`);
      const long = Object.entries(labels).find(
        ([, text]) => typeof text !== 'string' || text.length > MAX_LABEL_CHARACTERS,
      );
      if (long !== undefined)
        refuse(`The label ${long[0]} of ${name} must be a text of at most ${MAX_LABEL_CHARACTERS} characters.`);
      const { metric } = found(sample);
      const counted = fold(name, labels);
      if (metric instanceof Counter) metric.inc(counted, value);
      else if (metric instanceof Gauge) metric.set(counted, value);
      else metric.observe(counted, value);
    },
  };
}

function metricOf(name: string, { type, labels }: Pick<Recorded, 'type' | 'labels'>, registry: Registry) {
  const options = { name, help: 'Recorded by the program', labelNames: [...labels], registers: [registry] };
  if (type === 'counter') return new Counter(options);
  return type === 'gauge' ? new Gauge(options) : new Histogram({ ...options, buckets: BUCKETS });
}

/** The unit is the program's: from thousandths to hundred thousands. */
const BUCKETS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 100_000];
