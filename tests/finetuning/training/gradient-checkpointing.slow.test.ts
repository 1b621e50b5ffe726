import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { compileProgram } from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';

jest.setTimeout(600_000);

const [ROWS, WIDTH] = [8, 128];

/** BERT-base, but for its vocabulary. */
const bertBase = {
  model_type: 'bert',
  architectures: ['BertForSequenceClassification'],
  vocab_size: 1000,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  max_position_embeddings: 512,
  type_vocab_size: 2,
};

/** The most memory that this process has held, after one pass forward and back. */
function peakAfterPass(recomputes: boolean): number {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-bert-base-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(bertBase));
  const network = readNetwork(folder, ['a', 'b']);
  rmSync(folder, { recursive: true });
  const config = finetuningConfigSchema.parse({ method: 'full', model_name: 'model', seed: 0, optim: 'sgd' });
  const program = compileProgram(
    trainingProgram({
      network,
      method: fullMethod(network.shapes),
      optimizer: createOptimizer(config, network),
      maxGradNorm: 1,
      recomputes,
      trainRows: ROWS,
      evalRows: ROWS,
      trainWidths: [WIDTH],
      evalWidths: [],
      accumulates: false,
    }),
  );
  program.run(`train/${WIDTH}`, {
    input_ids: new Int32Array(ROWS * WIDTH).fill(7),
    attention_mask: new Float32Array(ROWS * WIDTH).fill(1),
    labels: new Int32Array(ROWS),
    label_weights: new Float32Array(ROWS).fill(1 / ROWS),
    dropout_counter: Int32Array.of(0, 1),
    learning_rate: Float32Array.of(1e-3),
  });
  program.dispose();
  return process.resourceUsage().maxRSS * 1024;
}

it('holds less of a BERT-base while it trains', () => {
  // The peak only ever rises, so the smaller one comes first.
  const again = peakAfterPass(true);
  const kept = peakAfterPass(false);
  console.log(
    `peak: ${Math.round(again / 2 ** 20)} MiB calculated again, ${Math.round(kept / 2 ** 20)} MiB kept`,
  );
  expect(kept - again).toBeGreaterThan(300 * 2 ** 20);
});
