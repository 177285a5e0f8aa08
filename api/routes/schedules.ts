/** The resource `schedules`: when definitions start by themselves, and pausing, resuming and starting them by hand. */
import { z } from 'zod';
import type { Schedule } from '../../src/executions/schedule-record';
import { OVERLAPS } from '../../src/language/vocabulary';
import type { Plan } from '../../src/plan/plan';
import { BODY_LIMIT_BYTES } from '../body';
import type { ApiDependencies } from '../dependencies';
import { executionLinks, executionPath } from '../links';
import type { Route } from '../route';
import { route } from '../route';
import { LinksSchema } from '../schemas';

const time = z.iso.datetime();
const count = z.number().int();
const Name = z.object({ name: z.string().min(1).max(200) });

const ScheduleSchema = z
  .object({
    workflow: z.string(),
    cron: z.string(),
    timezone: z.string(),
    overlap: z.enum(OVERLAPS),
    payload: z.unknown().describe('The payload of every start'),
    status: z
      .enum(['active', 'paused', 'missing'])
      .describe('`missing`: Temporal does not have it; resume makes it anew'),
    note: z.string().optional().describe('Why it is paused'),
    next: z.array(time).describe('Soonest first; none while it is paused'),
    last: z
      .array(z.object({ at: time, startedAt: time, executionId: z.string(), links: LinksSchema }))
      .describe('What it started, newest first'),
    running: z.array(z.string()).describe('Executions of it that have not ended'),
    started: count,
    skipped: count.describe('Times passed over because the execution before still ran'),
    missed: count.describe('Times that passed while Temporal was away for more than a day'),
    links: z.object({ workflow: z.string(), pause: z.string(), resume: z.string(), trigger: z.string() }),
  })
  .meta({ id: 'Schedule' });

const ScheduleList = z.object({ schedules: z.array(ScheduleSchema) });

const PauseBody = z
  .strictObject({ note: z.string().max(1000).optional() })
  .nullable()
  .meta({ id: 'PauseRequest', description: '`note`: why, for whoever looks at it later.' });

const TriggerAnswer = z
  .object({
    status: z.enum(['started', 'queued']).describe('`queued`: it starts when the execution before has ended'),
    executionId: z.string().optional(),
    runId: z.string().optional(),
    links: LinksSchema.optional(),
  })
  .meta({ id: 'TriggerAnswer' });

const NONE = { description: 'No such definition, or it has no schedule' };

export function scheduleRoutes(deps: ApiDependencies): readonly Route[] {
  const { catalogue, schedules } = deps;
  const tag = 'Schedules';
  const planOf = async (name: string): Promise<Plan> => (await catalogue.loadPlan(name)).plan;
  return [
    route({
      method: 'get',
      path: '/schedules',
      tag,
      summary: 'The schedules of all definitions',
      answers: { 200: { description: 'By definition', schema: ScheduleList } },
      handle: async () => {
        const plans = (await catalogue.list()).flatMap(({ plan }) => (plan?.schedule === undefined ? [] : [plan]));
        return { body: { schedules: (await Promise.all(plans.map((plan) => schedules.get(plan)))).map(scheduleBody) } };
      },
    }),
    route({
      method: 'get',
      path: '/workflows/{name}/schedules',
      tag,
      summary: 'When a definition starts by itself, and what it has started',
      params: Name,
      answers: {
        200: { description: 'Its schedule, or none', schema: ScheduleList },
        404: { description: 'No such definition' },
      },
      handle: async ({ params }) => {
        const plan = await planOf(params.name);
        return { body: { schedules: plan.schedule === undefined ? [] : [scheduleBody(await schedules.get(plan))] } };
      },
    }),
    route({
      method: 'post',
      path: '/workflows/{name}/schedules/pause',
      tag,
      summary: 'Let nothing start until it is resumed; publishing does not resume it',
      params: Name,
      body: { schema: PauseBody, limitBytes: BODY_LIMIT_BYTES, mediaTypes: ['application/json'], optional: true },
      answers: { 200: { description: 'The schedule as it is now', schema: ScheduleSchema }, 404: NONE },
      handle: async ({ params, body }) => ({
        body: scheduleBody(await schedules.pause(await planOf(params.name), body?.note)),
      }),
    }),
    route({
      method: 'post',
      path: '/workflows/{name}/schedules/resume',
      tag,
      summary: 'Go on; what was passed over meanwhile is not made up for',
      params: Name,
      answers: { 200: { description: 'The schedule as it is now', schema: ScheduleSchema }, 404: NONE },
      handle: async ({ params }) => ({ body: scheduleBody(await schedules.resume(await planOf(params.name))) }),
    }),
    route({
      method: 'post',
      path: '/workflows/{name}/schedules/trigger',
      tag,
      summary: 'Start it now, also while it is paused, under its own overlap rule',
      params: Name,
      answers: {
        202: { description: 'Started, or queued behind the execution before', schema: TriggerAnswer },
        404: NONE,
        409: { description: 'The execution before still runs, and the overlap rule says to skip' },
      },
      handle: async ({ params }) => {
        const triggered = await schedules.trigger(await planOf(params.name));
        if (triggered.status === 'queued') return { status: 202, body: triggered };
        const { executionId } = triggered;
        return {
          status: 202,
          headers: { Location: executionPath(executionId) },
          body: { ...triggered, links: executionLinks(executionId) },
        };
      },
    }),
  ];
}

function scheduleBody(schedule: Schedule): z.infer<typeof ScheduleSchema> {
  const workflow = `/workflows/${schedule.workflow}`;
  const self = `${workflow}/schedules`;
  return {
    ...schedule,
    next: [...schedule.next],
    last: schedule.last.map((one) => ({ ...one, links: executionLinks(one.executionId) })),
    running: [...schedule.running],
    links: { workflow, pause: `${self}/pause`, resume: `${self}/resume`, trigger: `${self}/trigger` },
  };
}
