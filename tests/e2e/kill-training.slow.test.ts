import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgressEvent } from '../../cli/display/index.js';
import { endAll, eventsOf, outcomesOf, reprise, startReprise, type RepriseProcess } from '../rig/reprise.js';
import { serverOf } from '../rig/servers.js';

/** Real weights and data, few steps: 40 of 16 rows, a checkpoint every 5. */
const SAVE_STEPS = 5;
let base: string;
let uninterrupted: Readonly<Record<string, string>>;

const edit = (file: string, change: (text: string) => string) =>
  writeFileSync(file, change(readFileSync(file, 'utf8')));

function copy(): string {
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'reprise-kill-'))), 'project');
  cpSync(base, root, { recursive: true });
  return root;
}

/** Content digests of the trained weights. */
function weights(root: string): Readonly<Record<string, string>> {
  const folder = join(root, 'models/checkpoints/best_model');
  const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  expect(names).not.toEqual([]);
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  );
}

const train = (root: string): RepriseProcess => startReprise(['repro', 'finetune_model', '--json'], root);

/** The last step that the run has told of, once it is past `least`. */
async function reach(run: RepriseProcess, least: number): Promise<number> {
  for (let i = 0; i < 4800; i++) {
    const steps = eventsOf(run.stdout())
      .filter(
        (event): event is ProgressEvent => event.event === 'progress' && event.address === 'finetune_model',
      )
      .map((event) => (event.checkpoint ? (event.step ?? 0) : 0));
    const last = Math.max(0, ...steps);
    if (last >= least) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no step ${least} within four minutes: ${run.stdout()}`);
}

/** From which steps the training's processes continued, in the stage's log: the copy of the project has had one run of it. */
function continuedFrom(root: string): number[] {
  const logs = join(root, '.reprise/logs');
  const files = readdirSync(logs).map((run) => join(logs, run, 'finetune_model.log'));
  const [file = '', another] = files.filter((path) => existsSync(path));
  expect(another).toBeUndefined();
  const log = readFileSync(file, 'utf8');
  return [...log.matchAll(/continuing from step (\d+)/g)].map((match) => Number(match[1]));
}

/** At most what came after the last checkpoint was computed twice, and the result is that of a run without a kill. */
function expectTakenUp(root: string, killedAt: number): void {
  const from = continuedFrom(root);
  expect(from).toHaveLength(1);
  expect(killedAt - (from[0] as number)).toBeLessThanOrEqual(SAVE_STEPS);
  expect(weights(root)).toEqual(uninterrupted);
}

beforeAll(async () => {
  base = join(realpathSync(mkdtempSync(join(tmpdir(), 'reprise-kill-base-'))), 'project');
  expect((await reprise(['init', base], tmpdir())).code).toBe(0);
  edit(join(base, 'params.yaml'), (text) =>
    text
      .replace(/max_train_rows: \d+/, 'max_train_rows: 640')
      .replace(
        'batch_size: 32',
        `batch_size: 16\n  save_steps: ${SAVE_STEPS}\n  eval_steps: 40\n  logging_steps: 1`,
      ),
  );
  edit(join(base, 'configs/data_config.yaml'), (text) => text.replace(/val_rows: \d+/, 'val_rows: 100'));
  const prepared = await reprise(['repro', 'prepare_finetuning_data', '--json'], base);
  if (prepared.code !== 0) throw new Error(prepared.stdout + prepared.stderr);
  const root = copy();
  const end = await train(root).ended;
  if (end.code !== 0) throw new Error(end.stdout + end.stderr);
  uninterrupted = weights(root);
}, 600_000);

afterEach(endAll);

describe('a training that is killed gives the bytes of one that is not', () => {
  it('SIGKILL of the whole command line, then the same command', async () => {
    const root = copy();
    const run = train(root);
    const step = await reach(run, 12);
    run.child.kill('SIGKILL');
    await run.ended;
    const end = await train(root).ended;
    expect(end.code).toBe(0);
    expect(eventsOf(end.stdout)).toContainEqual(expect.objectContaining({ event: 'run', state: 'attached' }));
    expectTakenUp(root, step);
  }, 300_000);

  it('SIGKILL of the training process alone', async () => {
    const root = copy();
    const run = train(root);
    const step = await reach(run, 12);
    const { pid } = JSON.parse(
      readFileSync(join(root, '.reprise/running/finetune_model/process.json'), 'utf8'),
    ) as { pid: number };
    process.kill(-pid, 'SIGKILL');
    const end = await run.ended;
    expect(end.code).toBe(0);
    expect(outcomesOf(end)).toMatchObject({ finetune_model: 'ran' });
    expectTakenUp(root, step);
  }, 300_000);

  it('SIGKILL of the server', async () => {
    const root = copy();
    const run = train(root);
    await reach(run, 12);
    process.kill((serverOf(root) as { pid: number }).pid, 'SIGKILL');
    const end = await run.ended;
    expect(end.code).toBe(0);
    expect(weights(root)).toEqual(uninterrupted);
    // The training did not even notice.
    expect(continuedFrom(root)).toEqual([]);
  }, 300_000);
});
