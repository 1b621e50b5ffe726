import { interpretProgram, tf } from '../../../compute/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { countedDropout } from '../../../finetuning/training/dropout.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';

describe('NEFTune', () => {
  it('is as large as the row’s own length says, and nothing on padding', () => {
    const [hidden, alpha] = [8, 5];
    const mask = tf.tensor2d([
      [1, 1, 1, 1],
      [1, 0, 0, 0],
    ]);
    const counter = tf.tensor1d([42, 3], 'int32');
    const disturb = countedDropout(counter, alpha).disturb as (x: tf.Tensor2D, m: tf.Tensor2D) => tf.Tensor2D;
    const noise = disturb(tf.zeros([8, hidden]), mask).arraySync();
    const largest = noise.map((token) => Math.max(...token.map(Math.abs)));
    const bound = (length: number): number => alpha / Math.sqrt(length * hidden);
    for (const token of largest.slice(0, 4)) {
      expect(token).toBeLessThanOrEqual(bound(4));
      expect(token).toBeGreaterThan(bound(4) / 3);
    }
    expect(largest[4]).toBeLessThanOrEqual(bound(1));
    expect(largest[4]).toBeGreaterThan(bound(4));
    expect(largest.slice(5)).toEqual([0, 0, 0]);
  });

  it('is there only where it is asked for', () => {
    expect(countedDropout(tf.tensor1d([42, 3], 'int32')).disturb).toBeUndefined();
  });

  it.each([
    ['bert-tiny', ['a', 'b', 'c'], {}, 2],
    ['gpt2-tiny', [], { position_ids: Int32Array.of(0, 1, 2, 0, 1, 2) }, 6],
  ] as const)(
    'changes the training loss of %s, the same at the same pass',
    (folder, labels, others, count) => {
      const network = readNetwork(`tests/finetuning/fixtures/${folder}/model`, labels);
      const method = fullMethod(network.shapes);
      const config = finetuningConfigSchema.parse({ method: 'full', model_name: folder, seed: 0 });
      const weights = readWeights(network, `tests/finetuning/fixtures/${folder}/model`, 0).values;
      const lossAt = (noiseAlpha: number | null, pass: number): number => {
        const program = interpretProgram(
          trainingProgram({
            network,
            method,
            optimizer: createOptimizer(config, network),
            maxGradNorm: 1,
            noiseAlpha,
            trainRows: 2,
            evalRows: 2,
            trainWidths: [3],
            evalWidths: [],
            accumulates: true,
          }),
        );
        program.assign(Object.fromEntries(weights));
        const { loss } = program.run('accumulate/3', {
          input_ids: Int32Array.of(5, 6, 7, 8, 9, 0),
          attention_mask: Float32Array.of(1, 1, 1, 1, 1, 0),
          ...others,
          labels: new Int32Array(count).fill(1),
          label_weights: new Float32Array(count).fill(1 / count),
          dropout_counter: Int32Array.of(0, pass),
        });
        program.dispose();
        return loss?.[0] as number;
      };
      const plain = lossAt(null, 1);
      expect(lossAt(null, 2)).toBe(plain);
      const disturbed = lossAt(5, 1);
      expect(Math.abs(disturbed - plain)).toBeGreaterThan(1e-3);
      expect(lossAt(5, 1)).toBe(disturbed);
      expect(lossAt(5, 2)).not.toBe(disturbed);
    },
  );
});
