import { rm } from 'node:fs/promises';
import { writeProject } from '../pipelines/index.js';
import { describeWithDvc, run } from '../state/real-dvc.js';
import { mistakes } from './mistakes.js';
import { askDvc, type RealPipeline } from './real-pipeline.js';

describeWithDvc('a project with a mistake in it is refused by dvc, too', () => {
  const projects = mistakes.filter(
    ({ code, dvcAccepts }) => code !== 'no-dvc-yaml' && dvcAccepts === undefined,
  );
  const roots: string[] = [];
  let answers: readonly RealPipeline[];

  beforeAll(async () => {
    for (const { files } of projects) {
      const root = await writeProject(files);
      await run('git', ['init', '--quiet'], root);
      roots.push(root);
    }
    answers = await askDvc(roots.map((root) => ({ root })));
  });

  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true });
  });

  it.each(projects.map(({ code, name }, index) => [`${code}: ${name}`, index] as const))('%s', (_, index) => {
    expect(answers[index]?.error).toEqual(expect.any(String));
  });
});
