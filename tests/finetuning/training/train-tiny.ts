import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { finetune } from '../../../finetuning/training/finetune.js';
import type { TrainingEvent } from '../../../finetuning/training/training-events.js';
import { tinyProject } from './tiny-project.js';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

export interface Trained {
  readonly root: string;
  readonly events: readonly TrainingEvent[];
  /** Updates done. */
  readonly steps: number;
  /** Path below the project → sha256, of each file of the output. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Trains the tiny project in this process; with `stopAt`, in two parts, of which the first ends after that step.
 *
 * @param others files of the project, by path
 */
export async function trainTiny(
  config: object,
  stopAt?: number,
  others: Readonly<Record<string, string>> = {},
): Promise<Trained> {
  // One padded length, and so one graph.
  const root = tinyProject({ config: { max_length: 8, ...config }, ...others });
  roots.push(root);
  const events: TrainingEvent[] = [];
  const part = (): ReturnType<typeof finetune> => {
    const controller = new AbortController();
    return finetune({
      config: loadFinetuningConfig(root),
      projectDir: root,
      trainFile: join(root, 'data/finetuning/train.jsonl'),
      valFile: join(root, 'data/finetuning/val.jsonl'),
      outputDir: join(root, 'out'),
      checkpoints: { folder: join(root, 'checkpoints') },
      modelDir: join(root, 'model'),
      signal: controller.signal,
      onEvent(event) {
        events.push(event);
        if (event.kind === 'step' && event.step === stopAt) controller.abort();
      },
    });
  };
  if (stopAt !== undefined) expect(await part()).toMatchObject({ status: 'interrupted', steps: stopAt });
  const result = await part();
  expect(result.status).toBe('finished');
  const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
  const files = readdirSync(join(root, 'out'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path.slice(root.length), digest(path)] as const);
  return { root, events, steps: result.steps, files: Object.fromEntries(files) };
}
