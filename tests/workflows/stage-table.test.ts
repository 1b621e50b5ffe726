import { stageTable } from '../../workflows/reproduce/stage-table.js';
import type { StageState } from '../../workflows/types.js';

describe('the table of stages in Temporal’s UI', () => {
  const stage = (address: string, queue: string) => ({ address, queue, status: 'pending' }) as StageState;
  const linesOf = (...stages: StageState[]): string[] => stageTable('demo', 'running', stages, 3).split('\n');

  it('has titles as wide as the names below, which the UI would break at their hyphens', () => {
    const [stageTitle = '', , queueTitle = ''] =
      linesOf(stage('train-a-model', 'reprise-cpu'), stage('b', 'reprise-gpu-a100'))[2]
        ?.slice(2)
        .split(' | ') ?? [];
    expect([stageTitle.length >= 13, queueTitle.length >= 16]).toEqual([true, true]);
    expect([stageTitle, queueTitle].map((title) => title.replaceAll('\u00a0', ''))).toEqual([
      'stage',
      'queue',
    ]);
    // Names are as they are, to be copied.
    expect(linesOf(stage('b', 'reprise-gpu-a100'))[4]).toContain('| reprise-gpu-a100 |');
  });

  it('ends with a line that the UI may cut off', () => {
    expect(linesOf(stage('a', 'b')).slice(-3)).toEqual(['and 2 more', '', '\u00a0']);
  });
});
