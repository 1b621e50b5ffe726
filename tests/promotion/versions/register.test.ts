import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPath, type Project } from '../../../dvc/index.js';
import {
  codeOf,
  findVersion,
  gatherLineage,
  knownPipeline,
  listVersions,
  nextVersion,
  promote,
  readCandidate,
  readProduction,
  readVersion,
  register,
  rollBack,
  stageCandidate,
} from '../../../promotion/index.js';
import type { Candidate } from '../../../workflows/index.js';
import { makeModel, PLACES, registeredProject } from '../../rig/registered-project.js';
import { git } from '../../rig/sweep-project.js';

const { final } = PLACES;
const registry = { name: 'cats', settings: { license: 'mit', datasets: ['owner/rows'] } };
const registered = { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'newer', run: 'register-1' };

async function candidateOf(project: Project): Promise<Candidate> {
  const { model, predictions } = await stageCandidate(project, PLACES);
  const known = await knownPipeline(project);
  return { model, predictions, lineage: await gatherLineage(known, model, await codeOf(known.pipeline)) };
}

async function registerNext(project: Project): Promise<number> {
  const candidate = await candidateOf(project);
  const version = await nextVersion(project, final);
  await register(project, { final, version, candidate, registered, registry });
  return version;
}

const textOf = ({ root }: Project, path: string): string => readFileSync(join(root, path), 'utf8');

describe('a registered model', () => {
  it('is a version with its lineage and card, the candidate, and what DVC tracks', async () => {
    const project = await registeredProject();
    expect(await registerNext(project)).toBe(1);
    const record = await readVersion(project.root, final, 1);
    const commit = git(project.root, 'rev-parse', 'HEAD');
    const md5 = async (path: string) => (await hashPath(project, join(project.root, path)))?.md5;
    expect(record).toMatchObject({
      version: 1,
      registered,
      source: { path: 'models/best', md5: await md5('models/best') },
      model: { path: 'final/model_v1', md5: await md5('final/model_v1'), nfiles: 3 },
      lineage: {
        code: { commit, branch: 'main', changed: false },
        stage: { name: 'train', command: 'sh train.sh' },
        data: { raw: await md5('raw'), clean: await md5('clean') },
        params: { 'train.lr': 0.5, 'train.layers': [2, 3], 'other.yaml:seed': 7 },
        metrics: { 'base.accuracy': 0.25, 'finetuned.accuracy': 0.5, 'finetuned.macro_f1': 0.5 },
      },
    });
    expect(await readCandidate(project.root, final)).toBe(1);
    expect(await readProduction(project.root, final)).toBeUndefined();
    expect(textOf(project, 'final/model_v1.dvc')).toContain(`md5: ${await md5('final/model_v1')}\n`);
    // The trained files are the same, and the card is beside them.
    expect(textOf(project, 'final/model_v1/weights')).toBe('one');
    expect(textOf(project, 'final/model_v1/README.md')).toMatch(
      /^---\nlicense: mit\nbase_model: owner\/base\n/,
    );
    expect(textOf(project, 'final/dvc.yaml')).toContain('  cats:\n    path: model_v1\n    type: model\n');
    expect(await listVersions(project.root, final)).toMatchObject([
      { version: 1, inProduction: false, isCandidate: true },
    ]);
  });

  it('does not claim data, params and figures of another model', async () => {
    const project = await registeredProject();
    // Trained again, by hand: dvc.lock and the figures are of the one before.
    writeFileSync(join(project.root, 'models/best/weights'), 'two');
    writeFileSync(join(project.root, 'params.yaml'), 'train: {lr: 0.25, layers: [2, 3]}\n');
    await registerNext(project);
    const { lineage } = (await readVersion(project.root, final, 1)) ?? {};
    expect(lineage).toMatchObject({ code: { changed: true }, data: {}, params: {}, metrics: {} });
    expect(lineage?.stage).toBeUndefined();
  });

  it('comes into production with its number, and is no candidate then', async () => {
    const project = await registeredProject();
    await registerNext(project);
    const candidate = await candidateOf(project);
    // As the workflow asks for a number.
    const version = await nextVersion(project, final, candidate);
    expect(version).toBe(1);
    const promotion = { final, version, candidate, registry, expected: 0, judgement: {} };
    const promoted = { ...registered, reason: 'good', run: 'workflow-1' };
    expect(await promote(project, { ...promotion, promoted }, 'copies')).toBe(true);
    expect(await readProduction(project.root, final)).toMatchObject({
      version: 1,
      promoted,
      source: { path: 'models/best', md5: candidate.model.md5 },
    });
    expect(existsSync(join(project.root, 'final/candidate.json'))).toBe(false);
    expect((await readVersion(project.root, final, 1))?.registered).toEqual(registered);
    expect(await findVersion(project, final, candidate)).toMatchObject({ version: 1, inProduction: true });
    // What is promoted without a registration, gets the next number.
    await makeModel(project, 'two', 0.75);
    const second = await candidateOf(project);
    expect(await nextVersion(project, final, second)).toBe(2);
    // And one that waits cannot be rolled back to.
    await registerNext(project);
    await expect(rollBack(project, final, { by: 'ada', reason: 'x', to: 2 })).rejects.toMatchObject({
      code: 'never-promoted',
    });
  });

  it('is finished, when it was cut off after its record was written', async () => {
    const project = await registeredProject();
    const candidate = await candidateOf(project);
    const registration = { final, version: 1, candidate, registered, registry };
    const record = await register(project, registration);
    const [tracked, card] = ['final/model_v1.dvc', 'final/model_v1/README.md'].map((path) =>
      textOf(project, path),
    );
    for (const name of [
      'model_v1',
      'model_v1.dvc',
      'predictions_v1.jsonl',
      'predictions_v1.jsonl.dvc',
      'candidate.json',
    ])
      rmSync(join(project.root, final, name), { recursive: true });
    const again = await register(project, { ...registration, registered: { ...registered, at: 'later' } });
    expect(again).toEqual(record);
    expect(textOf(project, 'final/model_v1.dvc')).toBe(tracked);
    expect(textOf(project, 'final/model_v1/README.md')).toBe(card);
    expect(await readCandidate(project.root, final)).toBe(1);
  });

  it('leaves a number alone that has another content, and a dvc.yaml that is not ours', async () => {
    const project = await registeredProject();
    await registerNext(project);
    const before = textOf(project, 'final/model_v1.json');
    writeFileSync(join(project.root, 'final/dvc.yaml'), 'artifacts: {theirs: {path: x}}\n');
    await makeModel(project, 'two');
    const candidate = await candidateOf(project);
    await expect(
      register(project, { final, version: 1, candidate, registered, registry }),
    ).rejects.toMatchObject({ code: 'version-taken' });
    expect(textOf(project, 'final/model_v1.json')).toBe(before);
    expect(await registerNext(project)).toBe(2);
    expect(textOf(project, 'final/dvc.yaml')).toBe('artifacts: {theirs: {path: x}}\n');
  });

  it('has a README.md of its own in place of a card', async () => {
    const project = await registeredProject();
    writeFileSync(join(project.root, 'models/best/README.md'), 'mine\n');
    await registerNext(project);
    const { model, source } = (await readVersion(project.root, final, 1)) ?? {};
    expect(model?.md5).toBe(source?.md5);
    expect(textOf(project, 'final/model_v1/README.md')).toBe('mine\n');
  });
});
