import { loraMethod } from '../../../finetuning/methods/lora/lora.js';
import { qloraMethod } from '../../../finetuning/methods/qlora.js';
import { bert } from './bert-cell.js';
import { languageModelBatch } from './language-model-batch.js';
import { ownPeftName } from './lora-cell.js';
import { resnet } from './resnet-cell.js';
import { describeParity } from './rig.js';

/** The references are PEFT's over layers that hold what their weights come back as: tests/finetuning/fixtures/qlora.py. */
const lora = { rank: 4, alpha: 6, dropout: 0, saved: ['classifier'] };

describeParity({
  ...bert,
  method: 'qlora',
  makeMethod: (network) =>
    qloraMethod(network, loraMethod(network, { ...lora, targets: ['query', 'value'] })),
  ownName: ownPeftName,
});

/** DoRA takes the lengths of the whole weights, dequantized. */
describeParity({
  ...bert,
  method: 'qlora-dora',
  makeMethod: (network) =>
    qloraMethod(
      network,
      loraMethod(network, { ...lora, targets: ['value', 'intermediate.dense'], magnitudes: true }),
    ),
  ownName: ownPeftName,
});

/** Whose weights are quantized the other way round than they are stored. */
describeParity({
  folder: 'gpt2-tiny',
  method: 'qlora',
  labels: [],
  rows: 5,
  width: 9,
  toBatch: languageModelBatch,
  makeMethod: (network) =>
    qloraMethod(network, loraMethod(network, { ...lora, targets: ['c_attn', 'c_proj'], saved: [] })),
  ownName: ownPeftName,
});

/** Convolutions are quantized as they are stored, [out, in, h, w] in one row. */
describeParity({
  ...resnet,
  folder: 'resnet-tiny',
  method: 'qlora',
  makeMethod: (network) =>
    qloraMethod(network, loraMethod(network, { ...lora, rank: 3, alpha: 5, targets: ['convolution'] })),
  ownName: ownPeftName,
});
