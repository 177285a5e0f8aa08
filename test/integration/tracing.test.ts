/** One trace covers all that an execution does, on a real server. */
import { expect, test } from '@jest/globals';

import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import type { Plan, Step } from '../../src/plan/plan';
import { createTracing } from '../../src/tracing/tracing';
import { inSpan } from '../../src/tracing/span';
import { candidate, expression, object, planOf, tool } from '../interpreter/walk';
import { testVariantPath } from '../servers';
import { provider, testEngine } from './engine';

const asked = provider('echo', (input) => inSpan('GET', {}, () => Promise.resolve(input)));

function traced() {
  const exporter = new InMemorySpanExporter();
  return { exporter, tracing: createTracing({ service: 'test', version: '0', ratio: 1, exporters: [exporter] }) };
}

/** `name <- parent` for each span, `-` for a parent that is not there. */
function links(spans: readonly ReadableSpan[]): readonly string[] {
  const names = new Map(spans.map((span) => [span.spanContext().spanId, nameOf(span)]));
  return spans
    .map(
      (span) =>
        `${nameOf(span)} <- ${span.parentSpanContext ? (names.get(span.parentSpanContext.spanId) ?? '-') : 'none'}`,
    )
    .sort();
}

const nameOf = ({ name, attributes }: ReadableSpan): string =>
  name === 'workflow_execution' ? String(attributes['omni.workflow']) : name;

test('the request, the execution, its steps, their calls and the executions that it starts are one trace', async () => {
  const { exporter, tracing } = traced();
  const plan = (id: string, steps: readonly Step[]): Plan => planOf(steps, { id });
  const below = plan('below', [tool('deep', { chain: [candidate('echo')] })]);
  const engine = await testEngine({ providers: [asked], plans: { below }, tracing });
  try {
    const handle = await tracing.begin('POST /start', {}, () =>
      engine.start(
        plan('above', [
          {
            kind: 'forEach',
            name: 'each',
            list: '[1, 2]',
            as: 'n',
            concurrency: 2,
            join: 'all',
            onItemError: 'fail',
            steps: [tool('ask', { chain: [candidate('echo')], input: object({ n: expression('n') }) })],
          },
          { kind: 'workflow', name: 'go', workflow: 'below', input: object({}), await: true, budget: {} },
          tool('near', { tool: 'test.local', chain: [candidate('echo')] }),
        ]),
      ),
    );
    await handle.result();
    // What workflow code tells comes a moment after its end.
    await engine.engine.stop();
    await tracing.flush();
    const spans = exporter.getFinishedSpans();
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(links(spans)).toEqual([
      'GET <- execute_tool test.echo',
      'GET <- execute_tool test.echo',
      'GET <- execute_tool test.echo',
      'GET <- execute_tool test.local',
      'INSERT kept_executions <- activity omni:load-plan',
      'POST /start <- none',
      'above <- POST /start',
      'activity omni:load-plan <- below',
      'below <- step go',
      'execute_tool test.echo <- step ask',
      'execute_tool test.echo <- step ask',
      'execute_tool test.echo <- step deep',
      'execute_tool test.local <- step near',
      'step ask <- step each',
      'step ask <- step each',
      'step deep <- below',
      'step each <- above',
      'step go <- above',
      'step near <- above',
    ]);
  } finally {
    await engine.close();
    await tracing.close();
  }
}, 60_000);

test('executions at once in one worker keep to their own traces', async () => {
  const { exporter, tracing } = traced();
  const engine = await testEngine({ providers: [asked], tracing });
  try {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const step = tool('ask', { chain: [candidate('echo')] });
    const start = (id: string) => tracing.begin(`start ${id}`, {}, () => engine.start(planOf([step], { id })));
    const handles = await Promise.all(ids.map(start));
    await Promise.all(handles.map((handle) => handle.result()));
    await engine.engine.stop();
    await tracing.flush();
    const spans = exporter.getFinishedSpans();
    for (const id of ids) {
      const [{ traceId } = { traceId: '' }] = spans
        .filter(({ name }) => name === `start ${id}`)
        .map((span) => span.spanContext());
      expect(links(spans.filter((span) => span.spanContext().traceId === traceId))).toEqual(
        [
          'GET <- execute_tool test.echo',
          'execute_tool test.echo <- step ask',
          `${id} <- start ${id}`,
          `start ${id} <- none`,
          `step ask <- ${id}`,
        ].sort(),
      );
    }
  } finally {
    await engine.close();
    await tracing.close();
  }
}, 60_000);

test('an execution that continues as new stays one trace, each run linked to the one before', async () => {
  const { exporter, tracing } = traced();
  const engine = await testEngine({ providers: [asked], bundlePath: await testVariantPath('continuing'), tracing });
  try {
    const steps = ['one', 'two'].map((name) => tool(name, { chain: [candidate('echo')] }));
    const handle = await engine.start(planOf(steps, { id: 'long' }));
    const first = (handle as { firstExecutionRunId?: string }).firstExecutionRunId ?? '';
    await handle.result();
    // What workflow code tells comes a moment after its end.
    await engine.engine.stop();
    await tracing.flush();
    const spans = exporter.getFinishedSpans();
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([first.replaceAll('-', '')]));
    expect(links(spans).filter((link) => link.startsWith('step') || link.startsWith('long'))).toEqual([
      'long <- none',
      'step one <- long',
      'step two <- long',
    ]);
    const runs = spans.filter(({ name }) => name === 'workflow_run');
    expect(runs.length).toBeGreaterThan(1);
    for (const [
      i,
      {
        links: [link],
      },
    ] of runs.entries())
      expect(link?.context.spanId).toBe(runs[i - 1]?.spanContext().spanId);
  } finally {
    await engine.close();
    await tracing.close();
  }
}, 60_000);
