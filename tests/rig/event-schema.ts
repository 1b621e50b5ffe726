import { z } from 'zod';

/** `docs/events.md`, as a program would check it. Strict: a field that the page does not name fails. */
const address = z.string().min(1);
const error = z.strictObject({ code: z.string(), message: z.string(), tail: z.array(z.string()).optional() });
const outcome = z.enum(['ran', 'restored', 'skipped', 'failed', 'blocked', 'canceled']);
const seconds = z.number().min(0);
const common = { time: z.iso.datetime() };

const eventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    ...common,
    event: z.literal('server'),
    state: z.enum(['started', 'found', 'connected', 'lost', 'back']),
    address,
    ui: z.url().optional(),
  }),
  z.strictObject({
    ...common,
    event: z.literal('run'),
    state: z.enum(['started', 'attached', 'watching', 'detached']),
    project: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    ui: z.url().optional(),
  }),
  z.strictObject({
    ...common,
    event: z.literal('plan'),
    stages: z.array(z.strictObject({ address, queue: z.string() })),
  }),
  z.strictObject({
    ...common,
    event: z.literal('stage'),
    address,
    status: z.enum(['pending', 'paused', 'waiting', 'scheduled', 'running', ...outcome.options]),
    queue: z.string(),
    attempt: z.int().min(0),
    restarts: z.int().min(0),
    startedAt: z.iso.datetime().optional(),
    seconds: seconds.optional(),
    waitingFor: z.string().optional(),
    reason: z.string().optional(),
    error: error.optional(),
  }),
  z.strictObject({
    ...common,
    event: z.literal('progress'),
    address,
    step: z.number().optional(),
    total: z.number().optional(),
    message: z.string().optional(),
    metrics: z.record(z.string(), z.number()).optional(),
    checkpoint: z.strictObject({ name: z.string(), digest: z.string() }).optional(),
    secondsLeft: seconds.optional(),
    output: z.string().optional(),
  }),
  z.strictObject({
    ...common,
    event: z.literal('notice'),
    code: z.enum([
      'label-unserved',
      'no-worker',
      'retrying',
      'waiting',
      'replaced',
      'taken-over',
      'canceling',
      'cancel-failed',
      'left',
      'detached',
    ]),
    message: z.string(),
    fix: z.string().optional(),
  }),
  z.strictObject({
    ...common,
    event: z.literal('metrics'),
    path: z.string(),
    values: z.array(z.strictObject({ name: z.string(), value: z.number(), previous: z.number().optional() })),
  }),
  z.strictObject({ ...common, event: z.literal('report'), path: z.string() }),
  z.strictObject({
    ...common,
    event: z.literal('end'),
    status: z.enum(['succeeded', 'up-to-date', 'failed', 'canceled']),
    seconds,
    stages: z.array(
      z.strictObject({
        address,
        outcome,
        seconds,
        attempts: z.int().min(0),
        error: error.optional(),
        gpuSeconds: seconds.optional(),
        gpuSecondsLost: seconds.optional(),
        hosts: z.array(z.string()).optional(),
      }),
    ),
  }),
  z.strictObject({
    ...common,
    event: z.literal('dry-run'),
    stages: z.array(
      z.strictObject({
        address,
        action: z.enum(['run', 'skip']),
        reasons: z.array(z.string()),
        cmd: z.union([z.string(), z.array(z.string())]).optional(),
      }),
    ),
  }),
  z.strictObject({
    ...common,
    event: z.literal('error'),
    code: z.string(),
    message: z.string(),
    at: z
      .strictObject({
        file: z.string(),
        line: z.int().optional(),
        column: z.int().optional(),
        source: z.string().optional(),
      })
      .optional(),
    expected: z.string().optional(),
    found: z.string().optional(),
    fix: z.string().optional(),
  }),
]);

export type LoggedEvent = z.output<typeof eventSchema>;

/** Every line of a command's `--json` output, checked. */
export function checkedEvents(stdout: string): LoggedEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => eventSchema.parse(JSON.parse(line)));
}
