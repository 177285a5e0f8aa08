/** What `omni init` writes: a definition that works, its scenarios, and what an editor needs. */
import { definitionSchema } from '../language/definition-schema';
import { scenarioSchema } from '../language/scenario-schema';
import type { ToolRegistry } from '../tools/registry';
import { PROJECT_FOLDER } from './project';

const SCHEMAS = {
  definition: `${PROJECT_FOLDER}/definition.schema.json`,
  scenarios: `${PROJECT_FOLDER}/scenarios.schema.json`,
} as const;

/** Text by path from the project's folder. */
export function projectFiles(id: string, registry: ToolRegistry): Readonly<Record<string, string>> {
  return {
    [`definitions/${id}.yaml`]: DEFINITION,
    [`definitions/${id}.scenarios.yaml`]: scenarios(id),
    [SCHEMAS.definition]: json(definitionSchema(registry)),
    [SCHEMAS.scenarios]: json(scenarioSchema(registry)),
    '.vscode/settings.json': json({
      'yaml.schemas': {
        [`./${SCHEMAS.definition}`]: ['definitions/*.yaml', '!definitions/*.scenarios.yaml'],
        [`./${SCHEMAS.scenarios}`]: ['definitions/*.scenarios.yaml'],
      },
    }),
    '.vscode/extensions.json': json({ recommendations: ['redhat.vscode-yaml'] }),
    '.env.example': environment(registry),
    '.gitignore': '.env\n',
    'README.md': readme(id),
  };
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const DEFINITION = `# yaml-language-server: $schema=../${SCHEMAS.definition}
name: Customer feedback
description: Reads what a customer writes, and gives complaints to a person
version: 1.0.0

trigger:
  payload:
    text: { type: string, minLength: 1, maxLength: 2000 }
    language: { type: string, default: en }

steps:
  - name: read
    tool: nlu.analyze
    provider: local # put openrouter| before it and its key into .env to ask a model first
    input: { text: '\${trigger.payload.text}', language: '\${trigger.payload.language}' }

  - name: complaint
    if: steps.read.output.sentiment == 'negative'
    waitFor:
      signal: reply
      form: { reply: string }
      timeout: 24h
      onTimeout: continue

output:
  sentiment: '\${steps.read.output.sentiment}'
  reply: "\${steps.?complaint.?output.?reply.orValue('Thank you.')}"

guards: { budget: { maxMs: 60000 } } # the time in which it waits for a person does not count
`;

const scenarios = (id: string): string => `# yaml-language-server: $schema=../${SCHEMAS.scenarios}
mocks:
  - { tool: nlu.analyze, provider: local, output: { sentiment: positive }, delay: 200ms }

scenarios:
  - name: praise is answered at once
    steps:
      - action: execute_workflow
        input: { workflowName: ${id}, payload: { text: I love it. } }
    expect:
      status: completed
      path: [read: completed, complaint: skipped]
      output: { sentiment: positive, reply: Thank you. }

  - name: a complaint is answered by a person
    mocks:
      - { tool: nlu.analyze, provider: local, output: { sentiment: negative } }
    messages:
      - { at: 2h, answer: complaint, data: { reply: We will mend it. }, by: ada }
    steps:
      - action: execute_workflow
        input: { workflowName: ${id}, payload: { text: It broke. } }
    expect: { status: completed, output: { reply: We will mend it. }, elapsed: { atLeast: 2h } }

  - name: nobody answers for a day
    mocks:
      - { tool: nlu.analyze, provider: local, output: { sentiment: negative } }
    steps:
      - action: execute_workflow
        input: { workflowName: ${id}, payload: { text: It broke. } }
    expect: { status: completed, output: { reply: Thank you. }, elapsed: { atLeast: 24h } }

  - name: without an analysis it fails, after three attempts
    mocks:
      - { tool: nlu.analyze, provider: local, error: provider-unavailable }
    steps:
      - action: execute_workflow
        input: { workflowName: ${id}, payload: { text: I love it. } }
    expect: { status: failed, error: provider-unavailable, calls: [{ tool: nlu.analyze, count: 3 }] }
`;

function environment(registry: ToolRegistry): string {
  const variables = registry.providers().flatMap((provider) => provider.variables);
  return [
    '# Copy this to .env: omni reads it when it runs in this folder. Without a key, steps of that provider are passed over.',
    ...variables.map(({ name, description }) => `\n# ${description}\n# ${name}=`),
    '',
  ].join('\n');
}

const readme = (id: string): string => `# Workflows

\`definitions/${id}.yaml\` is a workflow, \`definitions/${id}.scenarios.yaml\` its tests.

\`\`\`console
$ omni validate
$ omni test
$ omni run ${id} -p text="I love it."
$ omni start
\`\`\`

An editor with the YAML language server (in VS Code, the recommended extension) completes and explains both files. After an update of
omni-mcp, or with tools of your own in \`tools.yaml\`, write the schemas anew:

\`\`\`console
$ omni schema -o ${SCHEMAS.definition}
$ omni schema scenarios -o ${SCHEMAS.scenarios}
\`\`\`

Keys of providers go into \`.env\` (see \`.env.example\`), which is not committed.
`;
