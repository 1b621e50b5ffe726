import { readFileSync } from 'node:fs';
import { compileProgram, interpretProgram, type Program } from '../../../compute/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { loraMethod } from '../../../finetuning/methods/lora.js';
import type { Method } from '../../../finetuning/methods/method.js';
import { parameterName } from '../../../finetuning/methods/peft-format.js';
import { isDecayed } from '../../../finetuning/models/bert/parameters.js';
import { readNetwork, readWeights } from '../../../finetuning/models/network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { adamFeedsAt } from '../../../finetuning/training/adamw.js';
import { learningRateAt } from '../../../finetuning/training/schedule.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';

/**
 * transformers and PEFT are the judges: tests/finetuning/fixtures/generate.py writes what they compute in float32, and
 * every number has to agree, in the compiled program and in the interpreted one.
 */
const FOLDER = 'tests/finetuning/fixtures/bert-tiny';
const [ROWS, WIDTH] = [5, 9];
const RELATIVE = 1e-4;

interface Batch {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[];
}
const cases = JSON.parse(readFileSync(`${FOLDER}/batches.json`, 'utf8')) as {
  readonly steps: number;
  readonly warmup_steps: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly max_grad_norm: number;
  readonly decayed: string[];
  readonly batches: Batch[];
};
const batches = cases.batches.map(({ input_ids, attention_mask, labels }) => ({
  input_ids: Int32Array.from(input_ids.flat()),
  attention_mask: Float32Array.from(attention_mask.flat()),
  labels: Int32Array.from(labels),
}));
type FedBatch = (typeof batches)[number];
const optimizer = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: cases.weight_decay };

/** In relation to the value itself, or to the largest of its tensor where that is near zero. */
function expectClose(found: Float32Array, expected: Float32Array, what: string): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = 0;
  expected.forEach((x, index) => {
    const allowed = RELATIVE * Math.abs(x) + 0.1 * RELATIVE * largest + 1e-7;
    worst = Math.max(worst, Math.abs((found[index] as number) - x) / allowed);
  });
  expect({ what, worst: worst <= 1 ? 'within' : worst }).toEqual({ what, worst: 'within' });
}

const methods = {
  full: (shapes: Parameters<typeof fullMethod>[0]) => fullMethod(shapes),
  lora: (shapes: Parameters<typeof fullMethod>[0]) =>
    loraMethod(shapes, { rank: 4, alpha: 6, dropout: 0, targets: ['query', 'value'], saved: ['classifier'] }),
};
const executors = { compiled: compileProgram, interpreted: interpretProgram };

/** PEFT's name of a live parameter → ours. */
function ownName(kind: keyof typeof methods, stored: string): string {
  if (kind === 'full') return stored;
  return (parameterName(stored) as string)
    .replace('.modules_to_save.default.', '.')
    .replace(/\.(lora_[AB])\.default\./, '.$1.');
}

describe.each(Object.keys(methods) as (keyof typeof methods)[])('BERT, %s', (kind) => {
  const expected = SafetensorsFile.open(`${FOLDER}/${kind}.safetensors`);
  afterAll(() => expected.close());
  /** Our name → PEFT's, of everything that trains. */
  const names = new Map(
    expected.names
      .filter((name) => name.startsWith('before.'))
      .map((name) => name.slice('before.'.length))
      .map((stored) => [ownName(kind, stored), stored]),
  );

  describe.each(Object.keys(executors) as (keyof typeof executors)[])('%s', (executor) => {
    const network = readNetwork(`${FOLDER}/model`, ['a', 'b', 'c']);
    const method: Method = methods[kind](network.shapes);
    const open = (accumulates: boolean): Program => {
      const program = executors[executor](
        trainingProgram({
          network,
          method,
          optimizer,
          maxGradNorm: cases.max_grad_norm,
          trainRows: ROWS,
          evalRows: ROWS,
          trainWidths: [WIDTH],
          evalWidths: [WIDTH],
          accumulates,
        }),
      );
      const weights = readWeights(network, `${FOLDER}/model/model.safetensors`, 0);
      expect(weights).toMatchObject({ created: [], unused: [] });
      program.assign(Object.fromEntries(weights.values));
      const before = [...names].map(([own, stored]) => [own, expected.readFloat32(`before.${stored}`)]);
      program.assign(Object.fromEntries(before) as Record<string, Float32Array>);
      return program;
    };
    const pass = (batch: FedBatch, step: number): Record<string, Float32Array | Int32Array> => ({
      ...batch,
      row_weights: new Float32Array(ROWS).fill(1 / ROWS),
      dropout_counter: Int32Array.of(0, step),
    });

    it('trains what the reference trains', () => {
      expect([...method.trainable].sort()).toEqual([...names.keys()].sort());
    });

    it('agrees on logits, loss and every gradient', () => {
      const program = open(true);
      const [{ input_ids, attention_mask }] = batches as [FedBatch];
      const { logits } = program.run(`evaluate/${WIDTH}`, { input_ids, attention_mask });
      expectClose(logits as Float32Array, expected.readFloat32('logits'), 'logits');
      const { loss } = program.run(`accumulate/${WIDTH}`, pass(batches[0] as FedBatch, 0));
      expectClose(loss as Float32Array, expected.readFloat32('loss'), 'loss');
      for (const [own, stored] of names) {
        // One pass after zeros: the sums are the gradients.
        const sum = program.read([`${own}/accumulated`])[`${own}/accumulated`] as Float32Array;
        expectClose(sum, expected.readFloat32(`gradient.${stored}`), `gradient of ${own}`);
      }
      program.dispose();
    });

    it(`agrees after each of ${cases.steps} steps of clipped, warmed-up AdamW`, () => {
      const program = open(false);
      const schedule = {
        learning_rate: cases.learning_rate,
        lr_scheduler_type: 'linear',
        warmup_steps: cases.warmup_steps,
      } as const;
      const losses: number[] = [];
      const norms: number[] = [];
      const rates: number[] = [];
      for (let step = 0; step < cases.steps; step++) {
        const rate = learningRateAt(schedule, step, cases.steps);
        const feeds = {
          ...pass(batches[step % 4] as FedBatch, step),
          ...adamFeedsAt(optimizer, step + 1, rate),
        };
        const { loss, grad_norm } = program.run(`train/${WIDTH}`, feeds);
        losses.push(loss?.[0] as number);
        norms.push(grad_norm?.[0] as number);
        rates.push(rate);
      }
      expectClose(Float32Array.from(rates), expected.readFloat32('rates'), 'learning rates');
      expectClose(Float32Array.from(losses), expected.readFloat32('losses'), 'losses');
      expectClose(Float32Array.from(norms), expected.readFloat32('norms'), 'gradient norms');
      for (const [own, stored] of names) {
        // Softmax takes no notice of what is added to all keys, so that this gradient is rounding alone; Adam scales it up.
        if (own.endsWith('.key.bias')) continue;
        const after = program.read([own])[own] as Float32Array;
        expectClose(after, expected.readFloat32(`after.${stored}`), own);
      }
      program.dispose();
    });
  });
});

it('weights that decay are those that the Trainer decays', () => {
  const { shapes } = readNetwork(`${FOLDER}/model`, ['a', 'b', 'c']);
  expect([...shapes.keys()].filter(isDecayed).sort()).toEqual(cases.decayed);
});
