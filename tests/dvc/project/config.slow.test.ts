import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { openProject } from '../../../dvc/index.js';
import { writeProject } from '../pipelines/index.js';
import { describeWithDvc, python, run } from '../state/real-dvc.js';
import { configurations } from './configurations.js';

describeWithDvc('agreement with dvc on its configuration', () => {
  const roots: string[] = [];
  let answers: readonly Record<string, unknown>[];

  beforeAll(async () => {
    for (const { config, local } of configurations) {
      const root = await writeProject({
        '.dvc/config': config,
        ...(local !== undefined && { '.dvc/config.local': local }),
      });
      await run('git', ['init', '--quiet'], root);
      roots.push(root);
    }
    const script = await readFile(join(import.meta.dirname, 'ask-config.py'), 'utf8');
    answers = JSON.parse(await python(script, JSON.stringify(roots))) as typeof answers;
  });

  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true });
  });

  it.each(configurations.map(({ name }, index) => [name, index] as const))('%s', async (_, index) => {
    const opened = openProject(roots[index] as string);
    if (answers[index]?.error === undefined) expect((await opened).config).toEqual(answers[index]);
    else {
      const error: unknown = await opened.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DiagnosticError);
      expect((error as DiagnosticError).code).toBe('bad-config');
      expect((error as DiagnosticError).at?.file).toBe('.dvc/config');
    }
  });
});
