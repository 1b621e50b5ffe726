import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { compileProgram, type TensorSpec } from '../../../compute/index.js';
import { resolvePretrained } from '../../../finetuning/index.js';
import { bertPooler } from '../../../finetuning/models/bert/classifier.js';
import { bertEncoder } from '../../../finetuning/models/bert/encoder.js';
import { keepAll } from '../../../finetuning/models/layers/forward-context.js';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { bertConfigSchema } from '../../../finetuning/models/bert/config.js';
import { forwardContext } from '../../../finetuning/models/forward.js';
import { readNetwork, readWeights } from '../../../finetuning/models/read-network.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';
import { TextTokenizer } from '../../../finetuning/text/text-tokenizer.js';

/** The real model: some seconds, and ninety megabytes the first time. */
jest.setTimeout(300_000);
const FIXTURES = 'tests/finetuning/fixtures';
const json = <T>(name: string): T => JSON.parse(readFileSync(`${FIXTURES}/${name}.json`, 'utf8')) as T;

describe('the real MiniLM', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await resolvePretrained('sentence-transformers/all-MiniLM-L6-v2', {
      revision: '1110a243fdf4706b3f48f1d95db1a4f5529b4d41',
      log: () => {},
    });
  });

  it('has the ids of the Python tokenizer', () => {
    const expected = json<{ max_length: number; texts: string[]; ids: number[][] }>('minilm-ids');
    const tokenizer = new TextTokenizer(folder);
    expect(expected.texts.map((text) => tokenizer.encode(text, expected.max_length))).toEqual(expected.ids);
  });

  it('has the hidden states of transformers, layer by layer', () => {
    const batch = json<{ ids: number[][]; attention_mask: number[][] }>('minilm-hidden');
    const expected = SafetensorsFile.open(`${FIXTURES}/minilm-hidden.safetensors`);
    const network = readNetwork(folder, ['a', 'b']);
    const { values, unused } = readWeights(network, folder, 1);
    expect(unused).toEqual([]);
    const config = bertConfigSchema.parse(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')));
    const [rows, width] = [batch.ids.length, batch.ids[0]?.length ?? 0];
    const variables = Object.fromEntries(
      [...network.shapes].map(([name, shape]): [string, TensorSpec] => [name, { shape, dtype: 'float32' }]),
    );
    const program = compileProgram({
      variables,
      signatures: {
        encode: {
          feeds: network.feeds(rows, width),
          build({ variables: parameters, feeds }) {
            const context = forwardContext(parameters, fullMethod(network.shapes), keepAll);
            const input = { inputIds: feeds.input_ids, attentionMask: feeds.attention_mask };
            const states = bertEncoder(context, config, input as Parameters<typeof bertEncoder>[2]);
            const outputs = states.map((state, index) => [`layer ${index}`, state] as const);
            const pooled = bertPooler(context, config, states.at(-1) as (typeof states)[0], rows);
            return { outputs: { ...Object.fromEntries(outputs), pooled } };
          },
        },
      },
    });
    program.assign(Object.fromEntries(values));
    const result = program.run('encode', {
      input_ids: Int32Array.from(batch.ids.flat()),
      attention_mask: Float32Array.from(batch.attention_mask.flat()),
    });
    const worst = (found: Float32Array, wanted: Float32Array): number =>
      wanted.reduce((most, x, at) => Math.max(most, Math.abs(x - (found[at] as number)) / (1e-4 * Math.abs(x) + 2e-5)), 0); // prettier-ignore
    for (let layer = 0; layer <= config.num_hidden_layers; layer++) {
      const states = result[`layer ${layer}`] as Float32Array;
      const first = Float32Array.from({ length: rows * 384 }, (_, at) => states[Math.floor(at / 384) * width * 384 + (at % 384)] as number); // prettier-ignore
      expect(worst(first, expected.readFloat32(`cls.${layer}`))).toBeLessThanOrEqual(1);
    }
    expect(worst(result.pooled as Float32Array, expected.readFloat32('pooled'))).toBeLessThanOrEqual(1);
    program.dispose();
    expected.close();
  });
});
