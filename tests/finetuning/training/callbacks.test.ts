import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluateInfo } from '../../../finetuning/training/callbacks/callback.js';
import { earlyStopping } from '../../../finetuning/training/callbacks/early-stopping.js';
import { trainTiny } from './train-tiny.js';

/** At which of these accuracies would a training stop? */
function stopsAt(accuracies: readonly number[], patience: number, threshold = 0): number | undefined {
  let callback = earlyStopping({ patience, threshold, metric: 'accuracy' });
  for (const [index, accuracy] of accuracies.entries()) {
    let stopped = false;
    const info: EvaluateInfo = { step: index, total: 9, epoch: 0, loss: 1, accuracy, best: false };
    void callback.onEvaluate?.(info, { stop: () => (stopped = true) });
    if (stopped) return index;
    // Taken up again after each one.
    const state = callback.save?.() ?? null;
    callback = earlyStopping({ patience, threshold, metric: 'accuracy' });
    callback.restore?.(JSON.parse(JSON.stringify(state)) as typeof state);
  }
  return undefined;
}

describe('early stopping', () => {
  it('waits for validations in a row that are no better', () => {
    expect(stopsAt([0.5, 0.4, 0.6, 0.6, 0.5], 2)).toBe(4);
    expect(stopsAt([0.5, 0.4, 0.6, 0.6, 0.7, 0.1], 2)).toBeUndefined();
  });

  it('takes what is better by less than the threshold for no better', () => {
    expect(stopsAt([0.5, 0.54, 0.58], 2, 0.05)).toBe(2);
    expect(stopsAt([0.5, 0.56, 0.62], 2, 0.05)).toBeUndefined();
  });

  it('never takes what is no finite number for the best, taken up again or not', () => {
    expect(stopsAt([NaN, 0.5, 0.6, 0.6], 2)).toBeUndefined();
    expect(stopsAt([0.5, NaN, NaN], 2)).toBe(2);
    const callback = earlyStopping({ patience: 2, threshold: 0, metric: 'loss' });
    for (const loss of [Infinity, NaN]) {
      const info: EvaluateInfo = { step: 1, total: 9, epoch: 0, loss, best: false };
      void callback.onEvaluate?.(info, { stop: () => {} });
      const state = callback.save?.();
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }
  });

  it('ends a training', async () => {
    // A rate of 0: no validation is better than the first.
    const config = { learning_rate: 0, early_stopping_patience: 2, eval_steps: 3 };
    const { steps, events } = await trainTiny(config);
    expect(steps).toBe(9);
    expect(events).toContainEqual({
      kind: 'log',
      message: 'ended at step 9: no better accuracy in 2 validations',
    });
  });
});

/** Writes down what it is told, and stops when the sum of the steps it has seen is 45. */
const CALLBACK = `
import { appendFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const log = join(dirname(fileURLToPath(import.meta.url)), 'log.txt');
export function createCallback(config) {
  let sum = 0;
  const note = (what) => appendFileSync(log, what + '\\n');
  note('created for ' + config.method);
  return {
    onStep({ step }, control) {
      sum += step;
      if (sum === 45) control.stop('the sum is 45');
    },
    onEvaluate: ({ step, accuracy }) => note('evaluated ' + step + ' ' + (accuracy <= 1)),
    onCheckpoint: ({ step, path }) => note('checkpoint ' + step + ' ' + path.endsWith('checkpoint-' + step)),
    onEpoch: ({ epoch, step, path }) => note('epoch ' + epoch + ' ' + step + ' ' + path),
    onEnd: ({ status, step }) => note(status + ' ' + step),
    save: () => sum,
    restore: (state) => (sum = state),
  };
}
`;

describe('callbacks of the project', () => {
  const config = {
    batch_size: 32,
    num_epochs: 9,
    eval_steps: null,
    save_steps: 5,
    callbacks: ['src/callbacks/sum.mjs'],
  };

  it('are told what happens, and may end the training', async () => {
    const files = { 'src/callbacks/sum.mjs': CALLBACK };
    const { root, steps, files: output } = await trainTiny(config, undefined, files);
    expect(steps).toBe(9);
    expect(readFileSync(join(root, 'src/callbacks/log.txt'), 'utf8').trim().split('\n')).toEqual([
      'created for lora',
      'evaluated 4 true',
      'epoch 1 4 undefined',
      'checkpoint 5 true',
      'evaluated 8 true',
      'epoch 2 8 undefined',
      'checkpoint 9 true',
      'finished 9',
    ]);
    // What it has seen is kept, so that it stops at the same step.
    const again = await trainTiny(config, 6, files);
    expect(again.files).toEqual(output);
  });

  it.each([
    ['../mine.mjs', {}, /lies outside of the project/],
    ['mine.mjs', {}, /there is no such file/],
    ['mine.mjs', { 'mine.mjs': 'export const callback = {};' }, /exports no function createCallback/],
    ['mine.mjs', { 'mine.mjs': 'export const createCallback = () => 5;' }, /createCallback gives no object/],
    ['mine.mjs', { 'mine.mjs': 'export const = 1' }, /cannot be loaded/],
  ])('are refused: %s %j', async (path, files, message) => {
    await expect(trainTiny({ callbacks: [path] }, undefined, files)).rejects.toMatchObject({
      code: 'bad-callback',
      message: expect.stringMatching(message) as string,
    });
  });

  it('are named when they fail', async () => {
    const files = {
      'mine.mjs': 'export const createCallback = () => ({ onStep() { throw new Error("oh no"); } });',
    };
    await expect(trainTiny({ callbacks: ['mine.mjs'] }, undefined, files)).rejects.toMatchObject({
      code: 'callback-failed',
      message: 'the callback mine.mjs failed in onStep: oh no',
    });
  });
});
