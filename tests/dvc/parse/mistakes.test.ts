import { rm } from 'node:fs/promises';
import { DiagnosticError, formatDiagnostic } from '../../../diagnostics/index.js';
import { loadPipeline, openProject, select } from '../../../dvc/index.js';
import { writeProject } from '../pipelines/index.js';
import { mistakes } from './mistakes.js';

describe('a project with a mistake in it', () => {
  it.each(mistakes.map((mistake) => [`${mistake.code}: ${mistake.name}`, mistake] as const))(
    '%s',
    async (_, mistake) => {
      const root = await writeProject(mistake.files);
      try {
        const error = await openProject(root)
          .then(loadPipeline)
          .then((pipeline) => select(pipeline, { targets: [] }))
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
        expect(error).toBeInstanceOf(DiagnosticError);
        const { code, at, fix } = error as DiagnosticError;
        const place = at
          ? [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
          : undefined;
        expect({ code, at: place }).toEqual({ code: mistake.code, at: mistake.at });
        expect(fix).toMatch(/\w/);
        for (const part of mistake.says ?? [])
          expect(formatDiagnostic(error as DiagnosticError)).toContain(part);
      } finally {
        await rm(root, { recursive: true });
      }
    },
  );
});
