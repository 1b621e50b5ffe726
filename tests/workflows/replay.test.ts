/**
 * Runs that began under earlier code must go on under this one: each recorded history is replayed. When a test here fails:
 *
 * - A version that was released may have runs like it under way. Keep the old way behind `patched('what-changed')` of
 *   `@temporalio/workflow` until no such run is left, and record a history of the new way beside the old one.
 * - Nothing released has runs of that shape: record again with `node tests/workflows/record-histories.mjs`, after a build.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';

const FOLDER = new URL('histories/', import.meta.url);
const codePath = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));
const names = readdirSync(FOLDER).filter((name) => /\.json(\.gz)?$/.test(name));

const textOf = (name: string): string => {
  const file = readFileSync(new URL(name, FOLDER));
  return (name.endsWith('.gz') ? gunzipSync(file) : file).toString('utf8');
};
const historyOf = (text: string) =>
  proto.temporal.api.history.v1.History.fromObject(JSON.parse(text) as Record<string, unknown>);

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

async function errorsOf(texts: readonly string[]): Promise<(Error | undefined)[]> {
  const histories = texts.map((text, i) => ({ workflowId: `replayed-${i}`, history: historyOf(text) }));
  const errors: (Error | undefined)[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories)) {
    errors.push(error);
  }
  return errors;
}

describe('recorded histories', () => {
  it('are those of the ways that a run can take', () => {
    const types = (name: string) => new Set(historyOf(textOf(name)).events?.map((event) => event.eventType));
    const { EventType } = proto.temporal.api.enums.v1;
    const ends = {
      'success.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      'failure-keep-going.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
      'retry-after-kill.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
      'cancel.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
      'pause-resume.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
      'continue-as-new.json': EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    };
    for (const [name, end] of Object.entries(ends)) expect(types(name)).toContain(end);
    expect(textOf('retry-after-kill.json')).toMatch(/"attempt":[2-9]/);
  });

  it('are also of a run that spares commits, of more than 100 stages', () => {
    const text = textOf('many-stages.json.gz');
    const count = (activity: string): number =>
      text.split(`"activityType":{"name":"${activity}"}`).length - 1;
    expect(count('runStage')).toBe(101);
    expect(count('commitLock')).toBeLessThan(50);
    expect(text).toContain('"markerName":"core_patch"');
  });

  it('are replayed by the workflows as they are now', async () => {
    const errors = await errorsOf(names.map(textOf));
    expect(Object.fromEntries(names.map((name, i) => [name, errors[i]?.message]))).toEqual(
      Object.fromEntries(names.map((name) => [name, undefined])),
    );
  });

  it('would not be, had a step another name', async () => {
    const [error] = await errorsOf([textOf('success.json').replaceAll('"commitLock"', '"commitEntry"')]);
    expect(error).toBeInstanceOf(DeterminismViolationError);
  });
});
