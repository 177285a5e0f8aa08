/** `setup` and `teardown`: commands of a few words, as the specification writes them. */
import type { ToolRegistry } from '../tools/registry';
import { readText } from './mapping';
import type { Report } from './report';
import type { MockAgent, MockTool } from './scenario';
import { providerName } from './scenario-mock';
import { itemsOf } from './scenario-value';
import type { Entry, ScalarTree } from './tree';
import { rangeWithin } from './tree';

export interface Setup {
  readonly mocks: readonly MockTool[];
  readonly agents: readonly MockAgent[];
  readonly flags: Readonly<Record<string, boolean>>;
}

/** The words after the command, as its form names them. */
export const SETUP = {
  create_mock_tool: ['tool', 'provider'],
  create_mock_agent: ['id', 'type'],
  set_feature_flag: ['name', 'true|false'],
} as const;

export const TEARDOWN = {
  remove_mock_tool: ['tool', 'provider'],
  remove_mock_agent: ['id'],
  clear_config: ['section', 'key'],
} as const;

type Forms = Readonly<Record<string, readonly string[]>>;

export function readSetup(report: Report, entry: Entry | undefined, registry: ToolRegistry): Setup {
  const mocks: MockTool[] = [];
  const agents: MockAgent[] = [];
  const flags: Record<string, boolean> = {};
  for (const { command, words, at } of readCommands(report, entry, SETUP)) {
    const [first = '', second = ''] = words;
    if (command === 'create_mock_tool') {
      if (knownTool(report, registry, { name: first, at, offset: command.length + 1 }))
        mocks.push({ tool: first, provider: providerName(second), responses: [] });
    } else if (command === 'create_mock_agent')
      agents.push({ id: first, name: first, capabilities: [second], responses: [] });
    else if (second === 'true' || second === 'false') flags[first] = second === 'true';
    else report.add('unknown-word', at.range, `A flag is set to true or false; this is ${second}.`);
  }
  return { mocks, agents, flags };
}

/** A scenario has its own copy of everything, so these are only checked. */
export function checkTeardown(report: Report, entry: Entry | undefined): void {
  readCommands(report, entry, TEARDOWN);
}

interface Command {
  readonly command: string;
  readonly words: readonly string[];
  readonly at: ScalarTree;
}

function readCommands(report: Report, entry: Entry | undefined, forms: Forms): readonly Command[] {
  return itemsOf(report, entry).flatMap((item): readonly Command[] => {
    const at = readText(report, item, `a command of ${entry?.key}`);
    const [command = '', ...words] = at?.value.trim().split(/\s+/) ?? [];
    if (at === undefined) return [];
    const form = Object.hasOwn(forms, command) ? forms[command] : undefined;
    if (form === undefined) {
      const near = report.near(command, Object.keys(forms));
      const rest = near === undefined ? `The commands are ${Object.keys(forms).join(', ')}.` : `Did you mean ${near}?`;
      report.add('unknown-word', rangeWithin(at, 0, command.length), `There is no command ${command}. ${rest}`, near);
      return [];
    }
    if (words.length === form.length) return [{ command, words, at }];
    const written = [command, ...form.map((word) => `<${word}>`)].join(' ');
    report.add('wrong-shape', at.range, `The command is written: ${written}.`, written);
    return [];
  });
}

function knownTool(
  report: Report,
  registry: ToolRegistry,
  { name, at, offset }: { readonly name: string; readonly at: ScalarTree; readonly offset: number },
): boolean {
  if (registry.contract(name) !== undefined) return true;
  const known = registry.contracts().map((contract) => contract.name);
  const near = report.near(name, known);
  const meant = near === undefined ? `The tools are ${known.join(', ')}.` : `Did you mean ${near}?`;
  report.add('unknown-tool', rangeWithin(at, offset, name.length), `There is no tool ${name}. ${meant}`, near);
  return false;
}
