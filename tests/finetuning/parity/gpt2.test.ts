import { readFileSync } from 'node:fs';
import { adapterMethod } from '../../../finetuning/methods/adapter/adapter-method.js';
import { adapterTypes } from '../../../finetuning/methods/adapter/settings.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { isDecayed } from '../../../finetuning/models/parameters.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { languageModelBatch } from './language-model-batch.js';
import { describeParity, type Cell } from './rig.js';

const FOLDER = 'tests/finetuning/fixtures/gpt2-tiny';

const gpt2: Pick<Cell, 'folder' | 'labels' | 'rows' | 'width' | 'toBatch'> = {
  folder: 'gpt2-tiny',
  labels: [],
  rows: 5,
  width: 9,
  toBatch: languageModelBatch,
};

describeParity({
  ...gpt2,
  method: 'full',
  makeMethod: (network) => fullMethod(network.shapes),
  ownName: (stored) => stored,
  // Of query, key and value [3, 16] the key's: softmax takes no notice of what is added to all keys.
  isRounding: (own, at) => own.endsWith('.c_attn.bias') && Math.floor(at / 16) === 1,
});

describe.each(['pfeiffer', 'houlsby'] as const)('adapters', (type) => {
  describeParity({
    ...gpt2,
    method: type,
    makeMethod: (network) =>
      adapterMethod(network.shapes, {
        ...adapterTypes[type],
        name: 'reprise',
        reductionFactor: 4,
        dropout: 0,
        saved: [],
      }),
    ownName: (stored) => stored,
  });
});

it('weights that decay are those that the Trainer decays', () => {
  const { decayed } = JSON.parse(readFileSync(`${FOLDER}/batches.json`, 'utf8')) as { decayed: string[] };
  const network = readNetwork(`${FOLDER}/model`, []);
  const own = [...network.shapes.keys()].filter((name) => isDecayed(name) && !network.isLayerNorm(name));
  // Its head is the token embeddings, under a second name.
  expect(own.sort()).toEqual(decayed.filter((name) => name !== 'lm_head.weight'));
});

it('names of files with and without the prefix are the same parameters', () => {
  const { names } = readNetwork(`${FOLDER}/model`, []);
  const both = ['h.0.attn.c_attn.weight', 'transformer.h.0.attn.c_attn.weight'].map(names.current);
  expect(new Set(both)).toEqual(new Set(['transformer.h.0.attn.c_attn.weight']));
  const leftovers = ['transformer.h.0.attn.bias', 'transformer.h.0.attn.masked_bias', 'lm_head.weight'];
  expect(leftovers.filter(names.isLeftover)).toEqual(leftovers);
  expect(names.isLeftover('transformer.h.0.attn.c_attn.bias')).toBe(false);
});
