import { readFileSync } from 'node:fs';
import { compileProgram } from '../../../compute/index.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { isDecayed } from '../../../finetuning/models/parameters.js';
import { inferenceProgram } from '../../../finetuning/models/inference-program.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { ADAPTER_TYPES, adapterCell } from './adapter-cell.js';
import { gpt2 } from './gpt2-cell.js';
import { describeParity, expectClose } from './rig.js';

const FOLDER = 'tests/finetuning/fixtures/gpt2-tiny';

describeParity({
  ...gpt2,
  method: 'full',
  makeMethod: (network) => fullMethod(network.shapes),
  ownName: (stored) => stored,
});

describe.each(ADAPTER_TYPES)('adapters', (type) => {
  describeParity(adapterCell(gpt2, type));
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

describe('documents packed into one row', () => {
  interface Batches {
    readonly batches: readonly { readonly input_ids: number[][]; readonly attention_mask: number[][] }[];
  }

  it('have the logits that transformers gives each alone', () => {
    const { batches } = JSON.parse(readFileSync(`${FOLDER}/batches.json`, 'utf8')) as Batches;
    const { input_ids: ids, attention_mask: mask } = batches[0] as Batches['batches'][number];
    const lengths = mask.map((row) => row.reduce((sum, one) => sum + one, 0));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const network = readNetwork(`${FOLDER}/model`, []);
    const program = compileProgram(inferenceProgram(network, fullMethod(network.shapes), 1, [total]));
    program.assign(Object.fromEntries(readWeights(network, `${FOLDER}/model`, 0).values));
    const { logits } = program.run(`predict/${total}`, {
      input_ids: Int32Array.from(ids.flatMap((row, index) => row.slice(0, lengths[index]))),
      attention_mask: new Float32Array(total).fill(1),
      position_ids: Int32Array.from(lengths.flatMap((length) => [...Array(length).keys()])),
    });
    program.dispose();
    const reference = SafetensorsFile.open(`${FOLDER}/full.safetensors`);
    const expected = reference.readFloat32('logits');
    reference.close();
    const [width, vocabulary] = [ids[0]?.length as number, network.vocabulary];
    const alone = lengths.flatMap((length, row) => {
      const start = row * width * vocabulary;
      return [...expected.subarray(start, start + length * vocabulary)];
    });
    expectClose(logits as Float32Array, Float32Array.from(alone), 'logits');
  });
});
