import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { faultsOf, openBrowser, seriousViolations, signIn } from './browser';
import type { Installation } from './installation';
import { startInstallation } from './installation';

const WAIT = { timeout: 90_000 };
const FLAGSHIP = readFileSync(path.resolve(__dirname, '../../definitions/bilingual-coach.yaml'), 'utf8');

const definitions = (vendor: string): Record<string, string> => ({
  'bilingual-coach.yaml': FLAGSHIP,
  'refund-desk.yaml': `
name: Refund desk
version: 1.0.0
trigger: { payload: { amount: number } }
steps:
  - name: review
    description: May this refund be paid?
    waitFor: { signal: decision, from: [admin], form: { decision: 'approve | reject', comment?: string }, timeout: 1d }
output: '\${steps.review.output.decision}'
`,
  'parts-order.yaml': `
name: Parts order
version: 1.0.0
steps:
  - { name: prepare, set: { began: true } }
  - { name: order, tool: http.request, input: { method: GET, url: '${vendor}' }, retry: { maxAttempts: 2, initialInterval: 100ms } }
output: '\${vars.began}'
`,
});

let browser: Browser;
let installation: Installation;
let page: Page;
let faults: readonly string[];
/** A far side that refuses until it is told otherwise. */
let vendor: Server;
let vendorStatus = 500;

beforeAll(async () => {
  vendor = createServer((_request, response) => {
    response.statusCode = vendorStatus;
    response.end('{}');
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  const { port } = vendor.address() as AddressInfo;
  [browser, installation] = await Promise.all([
    openBrowser(),
    startInstallation(definitions(`http://127.0.0.1:${port}/parts`)),
  ]);
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(WAIT.timeout);
  faults = faultsOf(page);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await installation?.close();
  vendor?.closeAllConnections();
  vendor?.close();
}, 120_000);

const go = (hash: string): Promise<unknown> => page.goto(`${installation.url}/#/${hash}`);
const head = () => page.locator('.view-head');

describe('somebody who operates it', () => {
  test('is told why a key is no good, and signs in with one that is', async () => {
    await page.goto(installation.url);
    await page.getByLabel('Key or token').fill('omni_nothing');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'Not authenticated' }).waitFor();
    await signIn(page, installation.url, installation.adminKey);
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
  }, 120_000);

  test('runs the flagship from its form and watches it complete', async () => {
    await go('definitions/bilingual-coach/start');
    for (const [name, text] of [
      ['userId', 'ana'],
      ['sessionId', 's-1'],
      ['targetLanguage', 'pt'],
      ['sourceLanguage', 'en'],
      ['textInput', 'She have two brothers.'],
    ] as const)
      await page.getByLabel(name, { exact: false }).first().fill(text);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForURL(/#\/executions\/bilingual-coach/);
    const step = page.locator('.graph-node.is-completed').filter({ hasText: 'coach_feedback' });
    await step.waitFor(WAIT);
    await head().getByText('completed').waitFor(WAIT);
    await step.click();
    await page
      .getByRole('region', { name: 'Step coach_feedback' })
      .getByText('She has two brothers.')
      .first()
      .waitFor();
  }, 180_000);

  test('is told what is missing before anything is sent', async () => {
    await go('definitions/refund-desk/start');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('is missing').waitFor();
  }, 120_000);

  test('answers a question, and the execution goes on', async () => {
    // Who asks for an execution does not approve it: another caller starts it.
    const starter = await fetch(`${installation.url}/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${installation.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'desk', owner: 'desk', roles: ['operator'] }),
    });
    const { key } = (await starter.json()) as { key: string };
    const started = await fetch(`${installation.url}/workflows/refund-desk/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ payload: { amount: 250 } }),
    });
    const { executionId } = (await started.json()) as { executionId: string };
    await go('executions?status=waiting');
    await page.getByRole('link', { name: 'refund-desk' }).waitFor(WAIT);
    await go('tasks');
    await page.getByRole('link', { name: /May this refund be paid/ }).click();
    await page.getByRole('radio', { name: 'approve' }).check();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.getByRole('region', { name: 'Question' }).getByText('Answered by admin').waitFor(WAIT);
    await go(`executions/${executionId}`);
    await head().getByText('completed').waitFor(WAIT);
  }, 240_000);

  test('sees why an execution failed, and reruns it from the step once the cause is gone', async () => {
    await go('definitions/parts-order/start');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const failure = page.getByRole('alert', { name: 'Failure' });
    await failure.waitFor(WAIT);
    await failure.getByRole('button', { name: 'order' }).waitFor();
    await failure.getByText('What was tried').waitFor();
    const failed = page.url();
    vendorStatus = 200;
    await failure.getByRole('button', { name: /Rerun from here/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rerun', exact: true }).click();
    await page.waitForURL((url) => url.href !== failed && url.hash.startsWith('#/executions/parts-order'));
    await head().getByText('completed').waitFor(WAIT);
    await page.getByText('A rerun of').waitFor();
  }, 240_000);

  test('turns a flag over, sees who did, and goes back', async () => {
    await go('flags');
    await page.getByRole('region', { name: 'All flags' }).getByRole('link').first().click();
    const panel = page.getByRole('region', { name: /^Flag / });
    const turn = panel.getByRole('button', { name: /^Turn / });
    const before = await turn.textContent();
    await turn.click();
    await panel.getByRole('button', { name: 'Go back to 0' }).waitFor();
    expect(await turn.textContent()).not.toBe(before);
    await panel.getByRole('cell', { name: 'admin' }).first().waitFor();
    await panel.getByRole('button', { name: 'Go back to 0' }).click();
    await panel.getByRole('button', { name: before ?? '' }).waitFor();
  }, 120_000);

  test('sets an agent aside, sees why its task waits, lets it go on, and reads what came of the task', async () => {
    await go('agents/docs-001');
    await page.getByRole('button', { name: 'Set status …' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('New machine');
    await page.getByRole('dialog').getByRole('button', { name: 'Set', exact: true }).click();
    await page.getByText('Set to paused').waitFor();
    await page.getByText('New machine').waitFor();
    const asked = await fetch(`${installation.url}/agent-tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${installation.adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        capability: 'documentation_generation',
        type: 'docs',
        description: 'Its page',
        payload: { workflowName: 'parts-order' },
      }),
    });
    expect(asked.status).toBe(202);
    const waiting = page.getByRole('region', { name: 'Tasks that wait' });
    await waiting.getByText('All that can do it are paused or draining: docs-001.').waitFor(WAIT);
    await waiting.getByText('What matching says').click();
    await waiting.getByText(/was set to paused by admin, until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/).waitFor(WAIT);
    await page.getByRole('button', { name: 'End paused' }).click();
    await page
      .getByRole('region', { name: 'Its tasks' })
      .getByRole('link', { name: 'documentation_generation' })
      .click();
    await head()
      .getByText(/^(completed|failed)$/)
      .waitFor(WAIT);
    await page.getByText('docs/default alone can take it').waitFor();
  }, 240_000);

  test('makes an alert, is told while writing what is wrong and what it reads, silences it, and deletes it', async () => {
    await go('alert-rule');
    await page.getByLabel('Name').fill('Much is called');
    const condition = page.getByLabel('Condition');
    await condition.fill('cals > 1000');
    await page.getByText(/At character 1: .*calls/).waitFor(WAIT);
    await condition.fill('calls > 100000');
    await page.getByText(/Now calls \d+: it does not hold/).waitFor(WAIT);
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Much is called' }).waitFor();
    await page.getByRole('button', { name: 'Silence …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Silence it' }).click();
    await page.getByText(/Silenced by admin, until/).waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page
      .getByRole('region', { name: 'All alerts' })
      .getByRole('link', { name: 'Calls of providers fail' })
      .waitFor();
    expect(await page.getByText('Much is called').count()).toBe(0);
  }, 120_000);

  test('reads in a chart, with the keys alone, how many executions failed', async () => {
    await go('metrics');
    const ended = page.getByRole('region', { name: 'Executions that ended' });
    await ended.getByText('failed').first().waitFor(WAIT);
    await ended.getByText('As a table').click();
    await ended.getByRole('columnheader', { name: 'failed' }).waitFor();
    const chart = ended.getByLabel(/Arrow keys read it/);
    await chart.focus();
    await page.keyboard.press('End');
    await ended
      .getByRole('status')
      .getByText(/failed \d/)
      .waitFor();
  }, 120_000);

  test('goes from an execution to its trace, and reads what a span says of itself', async () => {
    const list = await fetch(`${installation.url}/executions?workflow=bilingual-coach`, {
      headers: { authorization: `Bearer ${installation.adminKey}` },
    });
    const { executions } = (await list.json()) as { executions: { executionId: string }[] };
    await go(`executions/${executions[0]?.executionId ?? ''}`);
    await page.getByRole('link', { name: 'Its trace', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: /^POST .workflows.*execute/ }).waitFor();
    const spans = page.getByRole('region', { name: 'Spans', exact: true });
    await spans.getByRole('button', { name: 'execute_tool feedback.generate' }).click();
    await page
      .getByRole('region', { name: 'Span execute_tool feedback.generate' })
      .getByText('coach_feedback')
      .first()
      .waitFor();
    await spans.getByRole('button', { name: /^Hide .* in workflow_execution/ }).click();
    expect(await spans.getByRole('button', { name: 'execute_tool feedback.generate' }).count()).toBe(0);
  }, 120_000);

  test('is told where a draft is wrong while it is written, and that it is not when it is mended', async () => {
    await go('draft');
    const text = 'name: Draft\nversion: 1.0.0\nsteps:\n  - { name: a, set: { b: 1 } }\noutput: "${vars.c}"\n';
    const editor = page.getByLabel('Definition in YAML');
    await editor.fill(text);
    await page
      .getByRole('region', { name: 'Findings' })
      .getByText(/^error 5:/)
      .first()
      .waitFor();
    await editor.fill(text.replace('vars.c', 'vars.b'));
    await page.locator('.view-head').getByText('valid').waitFor();
    await page.getByRole('group', { name: /^Steps of/ }).waitFor();
  }, 120_000);
});

describe('every view', () => {
  const VIEWS = [
    ['executions', 'Executions'],
    ['tasks', 'Inbox'],
    ['definitions', 'Definitions'],
    ['definitions/bilingual-coach', 'Bilingual Coach Workflow'],
    ['definitions/bilingual-coach/start', 'Bilingual Coach Workflow'],
    ['definitions/bilingual-coach/types', 'Bilingual Coach Workflow'],
    ['definitions/bilingual-coach/versions', 'Bilingual Coach Workflow'],
    ['definitions/bilingual-coach/text', 'Bilingual Coach Workflow'],
    ['draft', 'Check a draft'],
    ['agents', 'Agents'],
    ['agents/docs-001', /docs-001/],
    ['agent-tasks', 'Tasks of agents'],
    ['providers', 'Providers'],
    ['providers/openrouter', /^OpenRouter/],
    ['metrics', 'Metrics'],
    ['traces', 'Traces'],
    ['alerts', 'Alerts'],
    ['alerts/omni-error-rate', /Executions fail/],
    ['alert-rule/omni-error-rate', /^Change /],
    ['flags', 'Flags'],
    ['settings', 'Settings'],
    ['keys', 'Keys'],
    ['audit', 'Audit'],
  ] as const;

  test.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 400],
  ] as const)(
    'has no serious fault for axe, in %s at %i pixels, and does not overflow',
    async (scheme, width) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      const list = await fetch(`${installation.url}/executions`, {
        headers: { authorization: `Bearer ${installation.adminKey}` },
      });
      const { executions } = (await list.json()) as { executions: { executionId: string; workflow: string }[] };
      const one = (workflow: string) => executions.findLast((each) => each.workflow === workflow)?.executionId ?? '';
      const all = [
        ...VIEWS,
        [`executions/${one('bilingual-coach')}?step=coach_feedback`, /bilingual-coach/],
        [`executions/${one('parts-order')}`, /parts-order/],
      ] as const;
      const found: string[] = [];
      for (const [hash, title] of all) {
        await go(hash);
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        await page.getByText('Loading …').waitFor({ state: 'detached' });
        found.push(...(await seriousViolations(page)).map((fault) => `${hash}: ${fault}`));
        const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        if (Number(over) > 0) found.push(`${hash}: ${String(over)} pixels too wide`);
      }
      expect(found).toEqual([]);
    },
    300_000,
  );

  test('and nothing in the page itself has failed', () => {
    expect(faults).toEqual([]);
  });

  test('cannot be seen any more after signing out', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await go('executions');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Key or token').waitFor();
    await go('keys');
    await page.getByLabel('Key or token').waitFor();
  }, 120_000);
});
