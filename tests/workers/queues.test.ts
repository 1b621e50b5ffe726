import { hostQueue } from '../../workflows/index.js';
import { stageQueues } from '../../workers/queues.js';

describe('stageQueues', () => {
  it('serves no label, each label alone, and every set of them', () => {
    expect(stageQueues(['gpu', 'a100', 'gpu'])).toEqual([
      { name: 'reprise-cpu', gpu: false },
      { name: 'reprise-a100', gpu: false },
      { name: 'reprise-gpu', gpu: true },
      { name: 'reprise-a100-gpu', gpu: true },
    ]);
    expect(stageQueues(['a', 'b', 'c', 'd', 'e'])).toHaveLength(32);
  });

  it('refuses more labels than can be polled for', () => {
    expect(() => stageQueues(['a', 'b', 'c', 'd', 'e', 'f'])).toThrow(
      expect.objectContaining({ code: 'too-many-labels', found: 'a, b, c, d, e, f' }),
    );
  });
});

it("a host's own queue has its name after the shared one's", () => {
  expect(hostQueue('reprise-a100-gpu', 'alpha-3f9c')).toBe('reprise-a100-gpu@alpha-3f9c');
});
