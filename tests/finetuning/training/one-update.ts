import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from '../../../compute/index.js';
import { finetuningConfigSchema } from '../../../configs/index.js';
import { createMethod } from '../../../finetuning/methods/create-method.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { createOptimizer } from '../../../finetuning/training/optimizers/create-optimizer.js';
import { trainingProgram } from '../../../finetuning/training/training-program.js';

/** A process of its own: one update of a large model, and the most memory that was held, in MiB. */
const [ROWS, WIDTH] = [8, 128];

/** BERT-base and GPT-2, but for their vocabularies. */
const models: Readonly<Record<string, object>> = {
  bert: {
    model_type: 'bert',
    vocab_size: 1000,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    max_position_embeddings: 512,
    type_vocab_size: 2,
  },
  gpt2: {
    model_type: 'gpt2',
    vocab_size: 1000,
    n_positions: 1024,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
  },
};

const [model = '', kind = '', recomputes = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'reprise-large-'));
writeFileSync(join(folder, 'config.json'), JSON.stringify(models[model]));
const network = readNetwork(folder, ['a', 'b'], { dropout: 0 });
rmSync(folder, { recursive: true });
const config = finetuningConfigSchema.parse({ method: kind, model_name: 'model', seed: 0, optim: 'sgd' });
const program = compileProgram(
  trainingProgram({
    network,
    method: createMethod(config, network).method,
    optimizer: createOptimizer(config, network),
    maxGradNorm: 1,
    recomputes: recomputes === 'recomputes',
    trainRows: ROWS,
    evalRows: ROWS,
    trainWidths: [WIDTH],
    evalWidths: [],
    accumulates: false,
  }),
);
const labels = network.labelCount(ROWS, WIDTH);
program.run(`train/${WIDTH}`, {
  input_ids: new Int32Array(ROWS * WIDTH).fill(7),
  attention_mask: new Float32Array(ROWS * WIDTH).fill(1),
  ...(model === 'gpt2'
    ? { position_ids: Int32Array.from({ length: ROWS * WIDTH }, (_, at) => at % WIDTH) }
    : {}),
  labels: new Int32Array(labels),
  label_weights: new Float32Array(labels).fill(1 / labels),
  dropout_counter: Int32Array.of(0, 1),
  learning_rate: Float32Array.of(1e-3),
});
console.log(process.resourceUsage().maxRSS / 1024);
