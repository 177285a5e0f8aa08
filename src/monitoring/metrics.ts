/** Numbers of this process in Prometheus' text format; names are `orchestrator_<noun>_<unit>`, labels come from closed lists. */
import type { LabelValues } from 'prom-client';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface AnsweredRequest {
  readonly method: string;
  /** The declared path, never the one asked for. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  observeRequest(request: AnsweredRequest): void;
  /** A number that is read at the moment it is asked for; what it cannot be read from counts as 0. */
  gauge(name: `orchestrator_${string}`, help: string, read: () => number): void;
  /** The same by one label, whose values are of a closed list; where it cannot be read there are no values. */
  gaugeBy<L extends string>(
    name: `orchestrator_${string}`,
    help: string,
    of: { readonly label: L; readonly read: () => Promise<Iterable<readonly [string, number]>> },
  ): void;
  /** Gives what counts one more. */
  counter(name: `orchestrator_${string}_total`, help: string): () => void;
  /** The same for each value of a label. */
  counterBy(name: `orchestrator_${string}_total`, help: string, label: string): (value: string) => void;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'orchestrator_' });
  const requests = new Counter({
    name: 'orchestrator_requests_total',
    help: 'Answered HTTP requests',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'orchestrator_request_duration_seconds',
    help: 'Time to the answer of an HTTP request',
    labelNames: ['method', 'route'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observeRequest({ method, route, status, durationMs }) {
      requests.inc({ method, route, status });
      durations.observe({ method, route }, durationMs / 1000);
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    gaugeBy(name, help, { label, read }) {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        async collect() {
          const values = await read().catch(() => []);
          this.reset();
          for (const [value, number] of values) this.set({ [label]: value } as LabelValues<typeof label>, number);
        },
      });
    },
    counterBy(name, help, label) {
      const counter = new Counter({ name, help, labelNames: [label], registers: [registry] });
      return (value) => counter.inc({ [label]: value });
    },
    counter(name, help) {
      const counter = new Counter({ name, help, registers: [registry] });
      return () => counter.inc();
    },
  };
}
