import { readFileSync } from 'node:fs';
import { adapterMethod } from '../../../finetuning/methods/adapter/adapter-method.js';
import { adapterTypes } from '../../../finetuning/methods/adapter/settings.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { loraMethod } from '../../../finetuning/methods/lora.js';
import { parameterName } from '../../../finetuning/methods/peft-format.js';
import { isDecayed } from '../../../finetuning/models/parameters.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { describeParity, type Cell } from './rig.js';

const bert: Pick<Cell, 'folder' | 'labels' | 'rows' | 'width' | 'toBatch' | 'isRounding'> = {
  folder: 'bert-tiny',
  labels: ['a', 'b', 'c'],
  rows: 5,
  width: 9,
  toBatch(batch) {
    const { input_ids, attention_mask, labels } = batch as {
      readonly input_ids: number[][];
      readonly attention_mask: number[][];
      readonly labels: number[];
    };
    return {
      inputs: {
        input_ids: Int32Array.from(input_ids.flat()),
        attention_mask: Float32Array.from(attention_mask.flat()),
      },
      labels: Int32Array.from(labels),
      counted: new Float32Array(labels.length).fill(1),
    };
  },
  // Softmax takes no notice of what is added to all keys.
  isRounding: (own) => own.endsWith('.key.bias'),
};

describeParity({
  ...bert,
  method: 'full',
  makeMethod: (network) => fullMethod(network.shapes),
  ownName: (stored) => stored,
});

describeParity({
  ...bert,
  method: 'lora',
  makeMethod: (network) =>
    loraMethod(network.shapes, {
      rank: 4,
      alpha: 6,
      dropout: 0,
      targets: ['query', 'value'],
      saved: ['classifier'],
    }),
  ownName: (stored) =>
    (parameterName(stored) as string)
      .replace('.modules_to_save.default.', '.')
      .replace(/\.(lora_[AB])\.default\./, '.$1.'),
});

describe.each(['pfeiffer', 'houlsby'] as const)('adapters', (type) => {
  describeParity({
    ...bert,
    method: type,
    makeMethod: (network) =>
      adapterMethod(network.shapes, {
        ...adapterTypes[type],
        name: 'reprise',
        reductionFactor: 4,
        dropout: 0,
        saved: ['classifier'],
      }),
    ownName: (stored) => stored,
  });
});

it('weights that decay are those that the Trainer decays', () => {
  const folder = 'tests/finetuning/fixtures/bert-tiny';
  const { decayed } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as { decayed: string[] };
  const { shapes } = readNetwork(`${folder}/model`, bert.labels);
  expect([...shapes.keys()].filter(isDecayed).sort()).toEqual(decayed);
});
