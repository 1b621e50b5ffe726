import { rm } from 'node:fs/promises';
import { loadPipeline, openProject } from '../../../dvc/index.js';
import { writeProject } from '../pipelines/index.js';
import { describeWithDvc, run } from '../state/real-dvc.js';
import { corners } from './corners.js';
import { askDvc, describePipeline, type RealPipeline } from './real-pipeline.js';

describeWithDvc('agreement with dvc on corners of the format', () => {
  const roots: string[] = [];
  let answers: readonly RealPipeline[];

  beforeAll(async () => {
    for (const { files } of corners) {
      const root = await writeProject(files);
      await run('git', ['init', '--quiet'], root);
      roots.push(root);
    }
    answers = await askDvc(roots.map((root) => ({ root })));
  });

  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true });
  });

  it.each(corners.map(({ name }, index) => [name, index] as const))('%s', async (_, index) => {
    const expected = answers[index];
    expect(expected?.error).toBeUndefined();
    const pipeline = await loadPipeline(await openProject(roots[index] as string));
    expect(describePipeline(pipeline).stages).toEqual(expected?.stages);
  });
});
