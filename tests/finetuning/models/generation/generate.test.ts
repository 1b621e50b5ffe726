import { compileProgram, interpretProgram, type Program } from '../../../../compute/index.js';
import { fullMethod } from '../../../../finetuning/methods/full.js';
import { generateBatch } from '../../../../finetuning/models/generation/generate.js';
import type { GenerationSettings, Generated } from '../../../../finetuning/models/generation/going-row.js';
import { generationProgram } from '../../../../finetuning/models/generation/generation-program.js';
import type { CachedDecoding } from '../../../../finetuning/models/network.js';
import { readNetwork, readWeights } from '../../../../finetuning/models/read-network.js';
import { GPT2, expectedGeneration } from './expected.js';

const executors = { compiled: compileProgram, interpreted: interpretProgram };
const expected = expectedGeneration();
const network = readNetwork(`${GPT2}/model`, []);
const method = fullMethod(network.shapes);
const WIDTH = 48;
const SLOTS = WIDTH + expected.max_new_tokens;
const greedy = { temperature: 0, topK: 0, topP: 1, maxNewTokens: expected.max_new_tokens, seed: 1 };

describe.each(Object.keys(executors) as (keyof typeof executors)[])('generation, %s', (executor) => {
  let program: Program;
  const rows = expected.prompts.length + 1; // One that nobody asked for.
  beforeAll(() => {
    const size = { rows, widths: [WIDTH], slots: SLOTS };
    program = executors[executor](
      generationProgram(network, network.decoding as CachedDecoding, method, size),
    );
    for (const [name, values] of readWeights(network, `${GPT2}/model`, 0).values)
      program.assign({ [name]: values });
  });
  afterAll(() => program.dispose());

  const generated = (
    settings: GenerationSettings,
    chosen: readonly number[] = [...expected.prompts.keys()],
  ): Promise<Generated[]> =>
    generateBatch(
      chosen.map((index) => ({ index, ids: expected.prompts[index] as readonly number[] })),
      settings,
      {
        program,
        rows,
        width: WIDTH,
        slots: SLOTS,
        vocabulary: network.vocabulary,
        maxWidth: network.maxWidth,
        endId: expected.end,
        padId: 0,
      },
    );

  it('says token by token what transformers says', async () => {
    const results = await generated(greedy);
    results.forEach(({ ids, finish }, index) => {
      const reference = expected.greedy[index] as readonly number[];
      const ended = reference.at(-1) === expected.end;
      expect(finish).toBe(ended ? 'stop' : 'length');
      expect(ids).toEqual(ended ? reference.slice(0, -1) : reference);
    });
    expect(new Set(results.map(({ finish }) => finish))).toEqual(new Set(['stop', 'length']));
  });

  it('ends where the model can read no more', async () => {
    const [last] = await generated({ ...greedy, maxNewTokens: 1000 }, [5]);
    expect(last).toMatchObject({ finish: 'length' });
    expect(last?.ids).toHaveLength(network.maxWidth - 40);
  });

  it('draws the same for a prompt in whatever batch it is, and something else for another seed', async () => {
    const drawing = { ...greedy, temperature: 1.5, topK: 40, topP: 0.95 };
    const together = await generated(drawing);
    expect(await generated(drawing, [4, 2])).toEqual([together[4], together[2]]);
    expect((await generated({ ...drawing, seed: 2 }))[0]).not.toEqual(together[0]);
    expect(together[0]).not.toEqual((await generated(greedy))[0]);
  });
});
