/** A program coaches a learner: the flagship on a recording, then a definition and a tool of the program's own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConfig, OmniError, Orchestrator } from '../../src/index';
import { withPrivateServers } from '../private-servers';
import { homeworkTool } from './homework-tool';

const root = path.resolve(__dirname, '..', '..', '..');
const recording = readFileSync(path.join(root, 'definitions', 'samples', 'coach-en.wav'));
const homework = readFileSync(path.join(__dirname, 'homework.yaml'), 'utf8');

async function coach(orchestrator: Orchestrator): Promise<void> {
  const result = await orchestrator.getWorkflowEngine().executeWorkflow(
    'bilingual-coach',
    {
      userId: 'user123',
      sessionId: 'session456',
      targetLanguage: 'pt',
      sourceLanguage: 'en',
      audioData: recording.toString('base64'),
    },
    {
      userId: 'user123',
      sessionId: 'session456',
    },
  );

  console.log('Workflow completed:', result.status);
  console.log('Duration:', result.duration, 'ms');
  for (const { name, status, provider } of result.steps) console.log(`  ${name}: ${status} by ${provider}`);

  const { transcript, translation, feedback } = result.output as Record<string, unknown>;
  console.log('Heard:', transcript);
  console.log('Translated:', translation);
  assert.equal(result.status, 'completed');
  assert.deepEqual(
    result.steps.map(({ name, status, provider }) => [name, status, provider]),
    [
      ['speech_to_text', 'completed', 'local'],
      ['natural_language_understanding', 'completed', 'local'],
      ['machine_translation', 'completed', 'local'],
      ['coach_feedback', 'completed', 'local'],
      ['text_to_speech', 'completed', 'local'],
    ],
  );
  assert.equal(transcript, "Yesterday I go to the hospital because my brother don't feel good.");
  assert.match(String(translation), /hospital/);
  assert.ok((feedback as { corrections: unknown[] }).corrections.length >= 2);
}

async function giveHomework(orchestrator: Orchestrator): Promise<void> {
  const workflows = orchestrator.getWorkflowEngine();
  const tools = orchestrator.getToolRegistry();

  await tools.registerTool('homework.write', 'course', homeworkTool);
  const { id, plan } = await workflows.registerWorkflow(homework);
  assert.equal(id, 'homework');
  assert.equal(plan?.version, '1.0.0');

  const result = await workflows.executeWorkflow('homework', { text: 'I have twenty years and I am agree.' });
  const { corrected, exercises } = result.output as { corrected: string; exercises: string[] };
  console.log('Corrected:', corrected);
  for (const exercise of exercises) console.log('  Fill in:', exercise);
  assert.deepEqual(
    result.steps.map(({ name, provider }) => [name, provider]),
    [
      ['feedback', 'local'],
      ['exercises', 'course'],
    ],
  );
  assert.equal(corrected, 'I am twenty years old and I agree.');
  assert.equal(exercises.length, 2);

  const faultless = await workflows.executeWorkflow('homework', { text: 'I agree with you.' });
  assert.equal(faultless.steps.find(({ name }) => name === 'exercises')?.status, 'skipped');
  assert.deepEqual(faultless.output, { corrected: 'I agree with you.', exercises: [] });
}

async function callTools(orchestrator: Orchestrator): Promise<void> {
  const tools = orchestrator.getToolRegistry();

  const result = await tools.executeTool(
    'mt.translate',
    'local',
    { text: 'Good morning.', sourceLanguage: 'en', targetLanguage: 'pt' },
    { userId: 'user123', sessionId: 'session456' },
  );
  console.log('Tool result:', result.success);
  console.log('Output:', result.output);
  assert.equal(result.success, true);
  assert.ok(result.duration > 0);

  // What was called and failed is an answer; what could not be called at all is thrown.
  const refused = await tools.executeTool('homework.write', 'course', { text: 'no corrections' });
  console.log('Refused:', refused.error?.detail);
  assert.equal(refused.success, false);
  assert.equal(refused.error?.type, 'validation');
  await assert.rejects(
    tools.executeTool('mt.translat', 'local', {}),
    (error) => error instanceof OmniError && error.problem.type === 'not-found' && /mt\.translate/.test(error.message),
  );
  await assert.rejects(orchestrator.getWorkflowEngine().executeWorkflow('bilingual-coach', { userId: 'user123' }));
}

async function lookAround(orchestrator: Orchestrator): Promise<void> {
  const ids = (await orchestrator.getWorkflowEngine().getWorkflows()).map(({ id }) => id);
  console.log('Workflows:', ids.join(', '));
  for (const id of ['bilingual-coach', 'homework']) assert.ok(ids.includes(id), `${id} is missing`);
  const { definition } = await orchestrator.getWorkflowEngine().getWorkflow('homework');
  assert.equal(definition?.name, 'Homework');

  const tools = orchestrator.getToolRegistry();
  const found = await tools.getTool('homework.write', 'course');
  assert.equal(found.metadata.provider, 'course');
  assert.equal(found.capabilities[0]?.name, 'write');
  assert.equal(await found.healthCheck?.(), true);
  assert.equal(found.validate?.({}).valid, false);
  const own = (await tools.getAllTools()).filter(({ provider }) => provider === 'course' || provider === 'local');
  console.log('Tools:', own.map(({ name, provider }) => `${name} (${provider})`).join(', '));
  assert.equal(own.length, 6);
}

void withPrivateServers({
  open: (env) => Orchestrator.open({ config: loadConfig(env) }),
  async tell(orchestrator) {
    await coach(orchestrator);
    await giveHomework(orchestrator);
    await callTools(orchestrator);
    await lookAround(orchestrator);
  },
  close: (orchestrator) => orchestrator.close(),
});
