import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalProject } from '../../../cli/runs/local-project.js';
import { readMetrics } from '../../../cli/runs/metrics.js';

/** What is told of a project whose metrics file this is. */
async function told(metrics: object) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'worth-')));
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, 'metrics.json'), JSON.stringify(metrics));
  writeFileSync(
    join(root, 'dvc.yaml'),
    'stages:\n  evaluate:\n    cmd: echo\n    metrics: [{metrics.json: {cache: false}}]\n',
  );
  return readMetrics(await openLocalProject(root, { targets: [] }));
}

describe('the figures at the end of a run', () => {
  it('come with a warning where a model is not shown to be better than knowing nothing', async () => {
    const better = { than_majority: false, than_base: true };
    const [metrics, notice, ...more] = await told({ finetuned: { accuracy: 0.5 }, better });
    expect(metrics).toMatchObject({ event: 'metrics', path: 'metrics.json' });
    expect(notice).toMatchObject({
      event: 'notice',
      code: 'no-better',
      message: expect.stringMatching(/not shown to be better than always giving the most frequent label \(/),
    });
    expect(more).toEqual([]);
  });

  it.each([{ than_majority: true, than_base: true }, 'than_majority', { than_majority: 0 }])(
    'come alone where it is, or where a file of another sort says %j',
    async (better) => {
      const events = await told({ accuracy: 0.5, better });
      expect(events.map(({ event }) => event)).toEqual(['metrics']);
    },
  );
});
