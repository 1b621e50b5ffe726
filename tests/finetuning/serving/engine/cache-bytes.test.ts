import { cacheBytes } from '../../../../finetuning/serving/engine/cache-bytes.js';
import { generationGraphs } from '../../../../finetuning/serving/engine/generation-graphs.js';
import { readGroup } from '../../../../finetuning/serving/engine/read-group.js';
import { GENERATION_LADDER, roomsFor } from '../../../../finetuning/serving/engine/rooms.js';
import { rowLadder } from '../../../../finetuning/serving/engine/row-ladder.js';
import { GPT2 } from '../../models/generation/expected.js';

describe('the bytes of the caches', () => {
  it('are, before anybody asks, those of short texts, and of few long ones', () => {
    const model = { layers: 12, hidden: 768, maxWidth: 1024 };
    const { prepared, most } = cacheBytes(model, { maxBatch: 32, maxContext: 1024, maxLength: 64 });
    const slot = 12 * 2 * 768 * 4;
    expect([prepared, most]).toEqual([slot * (53 * 256 + 5 * 1280), slot * 53 * (256 + 1280)]);
  });

  it.each([
    { maxBatch: 16, maxContext: 1024 },
    { maxBatch: 6, maxContext: 40 },
  ])('are those of the variables of the graphs, with %j', (sizes) => {
    const source = { name: 'a', version: 'v1', baseModelDir: `${GPT2}/model`, labels: [] };
    const { members } = readGroup([{ ...source, problem: 'single_label_classification' }]);
    const [member] = members as [(typeof members)[number]];
    // Of the tiny model: see its config.json.
    const model = { layers: 2, hidden: 16, maxWidth: 64 };
    const { extra = {} } = generationGraphs(member, {
      ladder: rowLadder(sizes.maxBatch, GENERATION_LADDER),
      rooms: roomsFor(Math.min(sizes.maxContext, model.maxWidth)),
      isFirst: true,
    });
    const bytes = Object.values(extra).map(({ shape }) => 4 * shape.reduce((size, side) => size * side, 1));
    const { prepared, most } = cacheBytes(model, { ...sizes, maxLength: 64 });
    expect(most).toBe(bytes.reduce((sum, one) => sum + one, 0));
    expect(prepared).toBe(most);
  });
});
