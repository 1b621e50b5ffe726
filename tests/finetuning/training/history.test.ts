import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { CheckpointFolder } from '../../../finetuning/training/checkpoint.js';
import { DataOrder } from '../../../finetuning/training/data-order.js';
import { recordValidation } from '../../../finetuning/training/history.js';
import { initialState } from '../../../finetuning/training/training-state.js';

const config = finetuningConfigSchema.parse({ method: 'full', model_name: 'any', seed: 0 });
const order = new DataOrder({ rows: 8, batchSize: 2, seed: 0, groupByLength: false, length: () => 1 }, 1);

describe('a validation whose loss is no finite number', () => {
  it.each([Infinity, NaN])('%s: is not the best, and a checkpoint after it can be read', async (loss) => {
    const state = initialState();
    state.step = 1;
    const perplexity = Math.exp(loss);
    expect(recordValidation(config, order, state, { loss, accuracy: 0.25, perplexity })).toBe(false);
    state.step = 2;
    expect(recordValidation(config, order, state, { loss: 800, perplexity: Infinity })).toBe(true);
    state.step = 3;
    expect(recordValidation(config, order, state, { loss, perplexity: loss })).toBe(false);
    expect(state).toMatchObject({
      best: { step: 2, loss: 800 },
      history: [
        { epoch: 0.25, eval_accuracy: 0.25, step: 1 },
        { epoch: 0.5, eval_loss: 800, step: 2 },
        { epoch: 0.75, step: 3 },
      ],
    });
    const folder = mkdtempSync(join(tmpdir(), 'reprise-history-'));
    const checkpoints = new CheckpointFolder(folder, { weightsFile: 'model.safetensors' });
    const weights = { w: { shape: [1], data: Float32Array.of(1) } };
    checkpoints.save({ fingerprint: 'this', state, weights, optimizer: {}, best: undefined }, {}, 1);
    const log: string[] = [];
    const newest = await checkpoints.newest('this', (line) => log.push(line));
    rmSync(folder, { recursive: true });
    expect(log).toEqual([]);
    expect(newest?.checkpoint.state).toEqual(state);
  });
});
