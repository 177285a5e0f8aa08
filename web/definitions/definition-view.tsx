/** One definition: its steps, a form to start it, its types, its versions and their differences, its text. */
import type { ViewOf } from '../app';
import { plural } from '../format';
import { StepGraph } from '../graph/step-graph';
import { useAsked, useTitle } from '../hooks';
import { Empty, Fact, Loading, Refused, Tabs, View } from '../parts/parts';
import { Table } from '../parts/table';
import { hrefOf } from '../place';
import { useMay } from '../session';
import type { StepTree, WorkflowDetail } from '../shapes';
import { CodeText } from './code-text';
import { Findings } from './findings';
import { RunForm } from './run-form';
import { typeRows, typeText } from './type-rows';
import { Versions } from './versions';

export function DefinitionView({ place }: ViewOf) {
  const [, id = '', tab = 'steps'] = place.path;
  useTitle(id);
  const address = `/workflows/${encodeURIComponent(id)}`;
  const { value, refusal } = useAsked<WorkflowDetail>(address);
  const runs = useMay('workflow:execute');
  if (value === undefined)
    return <View title={id}>{refusal === undefined ? <Loading /> : <Refused refusal={refusal} />}</View>;
  const tabs = [
    ['steps', 'Steps'],
    ...(runs && value.startable ? [['start', 'Start'] as const] : []),
    ['types', 'Types'],
    ['versions', 'Versions'],
    ['text', 'Text'],
  ] as const;
  return (
    <View
      title={value.name}
      facts={<Facts definition={value} />}
      actions={<a href={hrefOf(['executions'], { workflow: id })}>Executions</a>}
    >
      {value.description !== undefined && <p class="faint">{value.description}</p>}
      <Folded diagnostics={value.diagnostics} />
      <Tabs
        label="Definition"
        current={tab}
        tabs={tabs.map(([name, text]) => ({ name, text, href: hrefOf(['definitions', id, name]) }))}
      />
      {tab === 'steps' &&
        (value.startable ? <Steps id={id} /> : <Empty title="It is drawn when the errors above are mended." />)}
      {tab === 'start' && (runs ? <RunForm definition={value} /> : <Empty title="You may not start it." />)}
      {tab === 'types' && <Types definition={value} />}
      {tab === 'versions' && <Versions id={id} place={place} />}
      {tab === 'text' && (
        <section class="panel" aria-label="Text">
          <CodeText text={value.text} />
        </section>
      )}
    </View>
  );
}

/** What keeps it from starting stands open; hints would only push the steps away. */
function Folded({ diagnostics }: Pick<WorkflowDetail, 'diagnostics'>) {
  if (diagnostics.length === 0) return null;
  return (
    <details open={diagnostics.some(({ severity }) => severity === 'error')}>
      <summary>{plural(diagnostics.length, 'finding')}</summary>
      <Findings diagnostics={diagnostics} />
    </details>
  );
}

function Facts({ definition }: { readonly definition: WorkflowDetail }) {
  const { id, version, origin, file, events, schedule, webhook } = definition;
  return (
    <>
      <Fact name="id">
        <code>{id}</code>
      </Fact>
      {version !== undefined && <Fact name="version">{version}</Fact>}
      <Fact name="from">{origin === 'file' ? (file ?? 'file') : 'published'}</Fact>
      {events.length > 0 && <Fact name="events">{events.join(', ')}</Fact>}
      {schedule && <Fact name="schedule">starts by itself</Fact>}
      {webhook !== undefined && (
        <Fact name="webhook">
          <code>{webhook.address}</code> {webhook.ready ? '' : webhook.detail}
        </Fact>
      )}
    </>
  );
}

function Steps({ id }: { readonly id: string }) {
  const { value, refusal } = useAsked<StepTree>(`/workflows/${encodeURIComponent(id)}/tree`);
  if (value === undefined) return refusal === undefined ? <Loading /> : <Refused refusal={refusal} />;
  return (
    <section class="panel" aria-label="Steps">
      <StepGraph tree={value} />
    </section>
  );
}

function Types({ definition: { input, output } }: { readonly definition: WorkflowDetail }) {
  return (
    <>
      <TypeTable title="Payload" schema={input} />
      <TypeTable title="Output" schema={output} />
    </>
  );
}

function TypeTable({ title, schema }: { readonly title: string; readonly schema: unknown }) {
  const rows = typeRows(schema);
  return (
    <section class="panel" aria-label={title}>
      <header class="panel-head">
        <h2>{title}</h2>
        {rows.length === 0 && <code>{typeText((schema ?? {}) as Readonly<Record<string, unknown>>)}</code>}
      </header>
      {rows.length > 0 && (
        <Table
          label={`${title}, members`}
          rows={rows}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Name', cell: ({ name }) => <code>{name}</code> },
            { name: 'Type', cell: ({ type }) => type },
            { name: 'Must be there', kind: 'short', cell: ({ required }) => (required ? 'yes' : 'no') },
            { name: 'Description', kind: 'wide', cell: ({ description }) => description },
          ]}
        />
      )}
    </section>
  );
}
