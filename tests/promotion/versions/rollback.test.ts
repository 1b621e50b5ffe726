import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openProject, type Project } from '../../../dvc/index.js';
import { listVersions, promote, readProduction, rollBack, stageCandidate } from '../../../promotion/index.js';
import { writeFiles } from '../../rig/project.js';
import { makeGitProject } from '../../rig/sweep-project.js';

const by = { by: 'ada', reason: 'v2 is slow' };

/** A project where so many models were promoted, each in place. */
async function promoted(count: number): Promise<Project> {
  const root = makeGitProject({ 'dvc.yaml': 'stages: {}\n' });
  const project = await openProject(root);
  for (let version = 1; version <= count; version++) {
    writeFiles(root, { 'model/weights': `of ${version}\n`, 'predictions.jsonl': `{"id": "${version}"}\n` });
    const candidate = await stageCandidate(project, { model: 'model', predictions: 'predictions.jsonl' });
    const promotion = {
      ...{ final: 'final', version, expected: version - 1, candidate, judgement: {} },
      registry: { name: 'model', settings: {} },
      promoted: { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'better', run: `run-${version}` },
    };
    expect(await promote(project, promotion, 'copies')).toBe(true);
  }
  return project;
}

describe('a model that was promoted', () => {
  it('is listed, the newest first', async () => {
    const { root } = await promoted(2);
    const versions = await listVersions(root, 'final');
    expect(versions.map(({ version, inProduction }) => [version, inProduction])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect(versions[1]?.model).toMatchObject({ path: 'final/model_v1', nfiles: 2 });
    expect(versions[1]?.predictions?.path).toBe('final/predictions_v1.jsonl');
    writeFileSync(join(root, 'final/model_v1.dvc'), 'outs: 1\n');
    await expect(listVersions(root, 'final')).rejects.toMatchObject({
      code: 'bad-version',
      at: { file: 'final/model_v1.dvc' },
    });
  });

  it('comes into production again, with its number, and its files from the cache', async () => {
    const project = await promoted(3);
    const { root } = project;
    rmSync(join(root, 'final/model_v2'), { recursive: true });
    expect(await rollBack(project, 'final', by)).toMatchObject({ version: 2, previous: 3 });
    expect(readFileSync(join(root, 'final/model_v2/weights'), 'utf8')).toBe('of 2\n');
    expect(await rollBack(project, 'final', { ...by, to: 1 })).toMatchObject({ version: 1, previous: 2 });
    const record = await readProduction(root, 'final');
    expect(record?.promoted).toMatchObject(by);
    expect(record?.earlier?.map(({ version }) => version)).toEqual([2, 3, 2, 1]);
    // And one back from there is where it was before.
    expect(await rollBack(project, 'final', by)).toMatchObject({ version: 2, previous: 1 });
  });

  it.each([
    ['another number', { ...by, to: 7 }, 'no-such-version'],
    ['the one that is in production', { ...by, to: 2 }, 'in-production'],
  ])('is not %s', async (_what, options, code) => {
    const project = await promoted(2);
    const before = readFileSync(join(project.root, 'final/production.json'), 'utf8');
    await expect(rollBack(project, 'final', options)).rejects.toMatchObject({ code });
    expect(readFileSync(join(project.root, 'final/production.json'), 'utf8')).toBe(before);
  });

  it('is needed, for there to be one before it', async () => {
    await expect(rollBack(await promoted(0), 'final', by)).rejects.toMatchObject({
      code: 'nothing-promoted',
    });
    await expect(rollBack(await promoted(1), 'final', by)).rejects.toMatchObject({ code: 'no-such-version' });
  });
});
