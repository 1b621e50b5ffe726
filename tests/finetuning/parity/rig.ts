import { readFileSync } from 'node:fs';
import { compileProgram, interpretProgram, type Program, type TensorData } from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import type { Method } from '../../../finetuning/methods/method.js';
import { encodedWeights } from '../../../finetuning/models/encoded-weights.js';
import { inferenceProgram, modelVariables } from '../../../finetuning/models/inference-program.js';
import type { Network } from '../../../finetuning/models/network.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { averageFeeds } from '../../../finetuning/training/averages.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { learningRateAt } from '../../../finetuning/training/schedules/learning-rate.js';
import { movesBuffers, trainingProgram } from '../../../finetuning/training/training-program.js';

/**
 * transformers, PEFT and adapters are the judges: the scripts of tests/finetuning/fixtures write what they compute in
 * float32, and every number has to agree, in the compiled program and in the interpreted one.
 */
const RELATIVE = 1e-4;
const executors = { compiled: compileProgram, interpreted: interpretProgram };

/** What the network is fed, its labels, and which of these count (1) or not (0). */
export interface CellBatch {
  readonly inputs: Readonly<Record<string, TensorData>>;
  readonly labels: Int32Array | Float32Array;
  readonly counted: Float32Array;
}

/** One model with one method, and the reference's numbers for it. */
export interface Cell {
  /** tests/finetuning/fixtures/NAME: has model/, batches.json and METHOD.safetensors. */
  readonly folder: string;
  /** Where model/ is, if elsewhere. */
  readonly modelFolder?: string;
  readonly method: string;
  readonly labels: readonly string[];
  readonly rows: number;
  readonly width: number;
  makeMethod(network: Network): Method;
  /** The reference's name of a live parameter → ours. */
  ownName(stored: string): string;
  /** @param batch one of batches.json's */
  toBatch(batch: Readonly<Record<string, unknown>>): CellBatch;
  /** The batches are of pairs of texts. */
  readonly pairs?: boolean;
  /** Values of parameters whose gradient is nothing but rounding, which Adam scales up. */
  readonly isRounding?: (own: string, at: number) => boolean;
  /** Of finetuning.*, beside those of the cases: another optimizer, another schedule. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Batches to an update; absent: one. */
  readonly accumulation?: number;
  /** Of a language model: rows whose logits are made at once; absent: all of such a small batch. */
  readonly logitRows?: number;
  /** Of values after training by the reference; absent: 1e-4. */
  readonly relativeAfter?: number;
}

interface Cases {
  readonly steps: number;
  readonly warmup_steps: number;
  readonly learning_rate: number;
  readonly weight_decay: number;
  readonly max_grad_norm: number;
  readonly batches: readonly Readonly<Record<string, unknown>>[];
}

/** In relation to the value itself, or to the largest of its tensor where that is near zero. */
export function expectClose(
  found: ArrayLike<number>,
  expected: Float32Array,
  what: string,
  relative = RELATIVE,
): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  let worst = 0;
  expected.forEach((x, index) => {
    const allowed = relative * Math.abs(x) + 0.1 * relative * largest + 1e-7;
    worst = Math.max(worst, Math.abs((found[index] as number) - x) / allowed);
  });
  expect({ what, worst: worst <= 1 ? 'within' : worst }).toEqual({ what, worst: 'within' });
}

/** Logits, loss, every gradient, and every step of a short training. */
export function describeParity(cell: Cell): void {
  const folder = `tests/finetuning/fixtures/${cell.folder}`;
  const cases = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as Cases;
  const batches = cases.batches.map((batch) => cell.toBatch(batch));
  const { rows, width, accumulation = 1 } = cell;
  const modelFolder = `tests/finetuning/fixtures/${cell.modelFolder ?? cell.folder}/model`;

  describe(`${cell.folder}, ${cell.method}`, () => {
    const expected = SafetensorsFile.open(`${folder}/${cell.method}.safetensors`);
    afterAll(() => expected.close());
    /** Our name → the reference's, of everything that trains. */
    const names = new Map(
      expected.names
        .filter((name) => name.startsWith('after.'))
        .map((name) => name.slice('after.'.length))
        .map((stored) => [cell.ownName(stored), stored]),
    );
    const network = readNetwork(modelFolder, cell.labels, { pairs: cell.pairs ?? false });
    const method = cell.makeMethod(network);
    const config = finetuningConfigSchema.parse({
      method: 'full',
      model_name: cell.folder,
      seed: 0,
      learning_rate: cases.learning_rate,
      warmup_steps: cases.warmup_steps,
      weight_decay: cases.weight_decay,
      ...cell.settings,
    });
    const optimizer = createOptimizer(config, network);
    const assign = (program: Program): Program => {
      const weights = readWeights(network, modelFolder, 0);
      expect(weights).toMatchObject({ created: [], unused: [] });
      for (const values of encodedWeights(weights, method, 0)) program.assign(values);
      weights.close();
      for (const [own, stored] of names)
        if (expected.names.includes(`before.${stored}`))
          program.assign({ [own]: expected.readFloat32(`before.${stored}`) });
      return program;
    };

    it('trains what the reference trains', () => {
      expect([...method.trainable].sort()).toEqual([...names.keys()].sort());
      expect(Object.keys(modelVariables(network, method))).toEqual(expect.arrayContaining(method.trainable));
    });

    describe.each(Object.keys(executors) as (keyof typeof executors)[])('%s', (executor) => {
      const open = (accumulates: boolean): Program =>
        assign(
          executors[executor](
            trainingProgram({
              network,
              method,
              optimizer,
              maxGradNorm: cases.max_grad_norm,
              labelSmoothing: config.label_smoothing_factor,
              averages: config.ema_decay !== null,
              recomputes: config.gradient_checkpointing,
              ...(cell.logitRows === undefined ? {} : { logitRows: cell.logitRows }),
              trainRows: rows,
              evalRows: rows,
              trainWidths: [width],
              evalWidths: [width],
              accumulates,
            }),
          ),
        );
      /** @param all labels that count in the whole update */
      const pass = (
        { inputs, labels, counted }: CellBatch,
        step: number,
        all: number,
      ): Record<string, TensorData> => ({
        ...inputs,
        labels,
        label_weights: counted.map((counts) => counts / all),
        dropout_counter: Int32Array.of(0, step),
      });
      const update = (program: Program, step: number, rate: number): { loss: number; norm: number } => {
        const scalars = optimizer.feedsAt(step + 1, rate);
        const taken = Array.from(
          { length: accumulation },
          (_, index) => batches[(step * accumulation + index) % batches.length] as CellBatch,
        );
        const all = taken.reduce((sum, batch) => sum + countedLabels(batch), 0);
        if (accumulation === 1) {
          const feeds = { ...pass(taken[0] as CellBatch, step, all), ...scalars };
          const { loss, grad_norm } = program.run(`train/${width}`, feeds);
          return { loss: loss?.[0] as number, norm: grad_norm?.[0] as number };
        }
        let loss = 0;
        for (const batch of taken)
          loss += program.run(`accumulate/${width}`, pass(batch, step, all)).loss?.[0] as number;
        return { loss, norm: program.run('apply', scalars).grad_norm?.[0] as number };
      };

      const comparesOnePass = (): void => {
        const [first] = batches as [CellBatch];
        const predicting = assign(executors[executor](inferenceProgram(network, method, rows, [width])));
        const { logits } = predicting.run(`predict/${width}`, first.inputs);
        expectClose(logits as Float32Array, expected.readFloat32('logits'), 'logits');
        predicting.dispose();
        const program = open(true);
        const { loss } = program.run(`accumulate/${width}`, pass(first, 0, countedLabels(first)));
        expectClose(loss as Float32Array, expected.readFloat32('loss'), 'loss');
        for (const [own, stored] of names) {
          // One pass after zeros: the sums are the gradients.
          const sum = program.read([`${own}/accumulated`])[`${own}/accumulated`] as Float32Array;
          expectClose(sum, expected.readFloat32(`gradient.${stored}`), `gradient of ${own}`);
        }
        program.dispose();
      };
      if (expected.names.includes('logits')) it('agrees on logits, loss and every gradient', comparesOnePass);

      it(`agrees after each of ${cases.steps} steps of a clipped, warmed-up training`, () => {
        const program = open(accumulation > 1);
        const series: Record<'losses' | 'norms' | 'rates', number[]> = { losses: [], norms: [], rates: [] };
        for (let step = 0; step < cases.steps; step++) {
          const rate = learningRateAt(config, step, cases.steps);
          const { loss, norm } = update(program, step, rate);
          if (config.ema_decay !== null) program.run('average', averageFeeds(step + 1, config.ema_decay));
          series.losses.push(loss);
          series.norms.push(norm);
          series.rates.push(rate);
        }
        for (const [name, values] of Object.entries(series))
          expectClose(Float32Array.from(values), expected.readFloat32(name), name, cell.relativeAfter);
        for (const [own, stored] of names) {
          const compared = (values: Float32Array): Float32Array =>
            values.filter((_, at) => cell.isRounding?.(own, at) !== true);
          const after = program.read([own])[own] as Float32Array;
          const reference = expected.readFloat32(`after.${stored}`);
          expectClose(compared(after), compared(reference), own, cell.relativeAfter);
        }
        if (movesBuffers(network, method))
          for (const name of network.buffers.keys()) {
            const moved = program.read([name])[name] as Float32Array;
            expectClose(moved, expected.readFloat32(`statistics.${name}`), name, cell.relativeAfter);
          }
        for (const stored of expected.names.filter((name) => name.startsWith('state.'))) {
          const own = cell.ownName(stored.slice('state.'.length));
          const state = program.read([own])[own] as Float32Array;
          expectClose(state, expected.readFloat32(stored), own, cell.relativeAfter);
        }
        program.dispose();
      });
    });
  });
}

function countedLabels({ counted }: CellBatch): number {
  return counted.reduce((sum, counts) => sum + counts, 0);
}
