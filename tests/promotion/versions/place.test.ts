import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../../../dvc/index.js';
import { promote, readProduction, stageCandidate, type Promotion } from '../../../promotion/index.js';
import { writeFiles } from '../../rig/project.js';
import { makeGitProject } from '../../rig/sweep-project.js';

const registry = { name: 'model', settings: {} };

/** As two promotions of a project, whose candidates are equal. */
describe('a promotion that is tried again', () => {
  it.each(['copies', 'records'] as const)(
    'says that it was done, also when another has followed (%s)',
    async (placement) => {
      const root = makeGitProject({ 'dvc.yaml': 'stages: {}\n' });
      writeFiles(root, { model: 'one\n', 'predictions.jsonl': '{}\n' });
      const project = await openProject(root);
      const candidate = await stageCandidate(project, { model: 'model', predictions: 'predictions.jsonl' });
      const again = (version: number, expected: number, run: string): Promise<boolean> => {
        const promoted = { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'newer', run };
        const promotion = { final: 'final', version, expected, candidate, promoted, registry, judgement: {} };
        return promote(project, promotion, placement);
      };
      expect(await again(1, 0, 'first')).toBe(true);
      expect(await again(2, 1, 'second')).toBe(true);
      const record = readFileSync(join(root, 'final/production.json'), 'utf8');
      expect(await again(1, 0, 'first')).toBe(true);
      // The same number and content, but not the one that was done.
      expect(await again(1, 0, 'another')).toBe(false);
      expect(await again(2, 1, 'another')).toBe(false);
      expect(await again(3, 1, 'first')).toBe(false);
      expect(readFileSync(join(root, 'final/production.json'), 'utf8')).toBe(record);
      for (let version = 3; version <= 14; version++)
        expect(await again(version, version - 1, `run-${version}`)).toBe(true);
      expect((await readProduction(root, 'final'))?.earlier).toHaveLength(10);
    },
  );
});

describe('a promoted file', () => {
  it.each(['copies', 'records'] as const)(
    'can be executed as before, by its record too (%s)',
    async (placement) => {
      const root = makeGitProject({ 'dvc.yaml': 'stages: {}\n' });
      writeFiles(root, { model: '#!/bin/sh\n', 'predictions.jsonl': '{}\n' });
      chmodSync(join(root, 'model'), 0o755);
      const project = await openProject(root);
      const candidate = await stageCandidate(project, { model: 'model', predictions: 'predictions.jsonl' });
      const promotion: Promotion = {
        final: 'final',
        version: 1,
        expected: 0,
        candidate,
        promoted: { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'first', run: 'w/r' },
        registry,
        judgement: {},
      };
      rmSync(join(root, 'model'));
      mkdirSync(join(root, 'final'));
      expect(await promote(project, promotion, placement)).toBe(true);
      // As `dvc add` writes it.
      expect(readFileSync(join(root, 'final/model_v1.dvc'), 'utf8')).toBe(
        'outs:\n- md5: 3e2b31c72181b87149ff995e7202c0e3\n  size: 10\n  isexec: true\n  hash: md5\n  path: model_v1\n',
      );
      expect(readFileSync(join(root, 'final/predictions_v1.jsonl.dvc'), 'utf8')).not.toContain('isexec');
      expect((await readProduction(root, 'final'))?.model).toMatchObject({ isexec: true });
      if (placement === 'copies') expect(statSync(join(root, 'final/model_v1')).mode & 0o100).toBe(0o100);
    },
  );
});
