import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promoteVersion } from '../../../cli/models/promote-model.js';
import { registerModel } from '../../../cli/models/register-model.js';
import { rollBackModel } from '../../../cli/models/roll-back-model.js';
import { fetchObjects, openProject, openRemote, type Md5 } from '../../../dvc/index.js';
import { writeFiles } from '../../rig/project.js';
import { PLACES, makeModel } from '../../rig/registered-project.js';
import { cloned, registeredRepository } from '../../rig/registered-repository.js';
import { until } from '../../rig/servers.js';
import { git } from '../../rig/sweep-project.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-branch-')));
const DECIDED = { by: 'ada', reason: 'the first' };
/** The first push waits, once it is under way, until it is told to go on. */
const HOLD = `#!/bin/sh
if rm hold 2>/dev/null; then touch held; while ! test -e go; do sleep 0.1; done; fi
`;

const json = (root: string, name: string): unknown =>
  JSON.parse(readFileSync(join(root, PLACES.final, name), 'utf8'));

describe('the models of a branch', () => {
  it('are registered and promoted in commits of their own, from where nothing of it is', async () => {
    const { url, project, publish } = await registeredRepository();
    const branch = { url, branch: 'main' };
    const trained = git(project.root, 'rev-parse', 'HEAD');
    const here = temporary();
    await registerModel(here, DECIDED, true, branch);
    const first = cloned(url);
    expect(first.log).toEqual(['Register version 1', 'Train', 'Begin']);
    expect(git(first.root, 'log', '-1', '--format=%b')).toBe('the first\n\nBy: ada');
    expect(json(first.root, 'candidate.json')).toEqual({ version: 1 });
    expect(json(first.root, 'model_v1.json')).toMatchObject({
      source: { path: PLACES.model, nfiles: 2 },
      predictions: { path: 'final/predictions_v1.jsonl' },
      lineage: {
        code: { commit: trained, branch: 'main', repository: url, changed: false },
        stage: { name: 'train' },
        params: { 'train.lr': 0.5 },
        metrics: { 'finetuned.accuracy': 0.5 },
      },
    });
    // The model with its card is in the remote, for whoever has none of it.
    const other = await openProject(first.root);
    const { model } = json(first.root, 'model_v1.json') as { model: { md5: Md5 } };
    const brought = await fetchObjects({
      project: other,
      remote: await openRemote(other),
      hashes: [model.md5],
    });
    expect(brought.failed).toEqual([]);

    // Again, and from elsewhere: it is that version, and there is nothing to commit.
    await registerModel(temporary(), DECIDED, true, branch);
    expect(cloned(url).log).toEqual(first.log);

    // Two at once: the second one sees what the first has done.
    const ends = await Promise.allSettled(
      [here, temporary()].map((cwd) => promoteVersion(cwd, DECIDED, true, branch)),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find((end) => end.status === 'rejected')).toMatchObject({
      reason: { code: 'no-such-version', message: 'no version is the candidate' },
    });
    const promoted = cloned(url);
    expect(promoted.log).toEqual(['Promote version 1', ...first.log]);
    expect(json(promoted.root, 'production.json')).toMatchObject({ version: 1, promoted: DECIDED });
    expect(existsSync(join(promoted.root, PLACES.final, 'candidate.json'))).toBe(false);

    git(project.root, 'pull', '--quiet', '--ff-only', 'origin', 'main');
    await makeModel(project, 'two', 0.75);
    await publish();
    await registerModel(here, DECIDED, true, branch);
    await promoteVersion(here, { ...DECIDED, version: 2 }, true, branch);
    const last = cloned(url);
    expect(last.log.slice(0, 3)).toEqual(['Promote version 2', 'Register version 2', 'Train']);
    expect(json(last.root, 'production.json')).toMatchObject({
      version: 2,
      previous: 1,
      judgement: { comparison: { production: 1, rows: 1 } },
    });
    expect(readdirSync(join(last.root, PLACES.final)).sort()).toEqual(
      expect.arrayContaining(['model_v1.dvc', 'model_v2.dvc', 'predictions_v2.jsonl.dvc', 'dvc.yaml']),
    );
  });

  it('are turned back in a commit of their own, and only by who has seen which one is in production', async () => {
    const data = temporary();
    const { url, project, publish } = await registeredRepository(undefined, { url: data });
    const branch = { url, branch: 'main' };
    await registerModel(temporary(), DECIDED, true, branch);
    await promoteVersion(temporary(), DECIDED, true, branch);
    git(project.root, 'pull', '--quiet', '--ff-only', 'origin', 'main');
    await makeModel(project, 'two', 0.75);
    await publish();
    await registerModel(temporary(), DECIDED, true, branch);
    await promoteVersion(temporary(), DECIDED, true, branch);

    const back = { by: 'eve', reason: 'it was worse' };
    await rollBackModel(temporary(), back, true, branch);
    const after = cloned(url);
    expect(after.log.slice(0, 2)).toEqual(['Roll back to version 1', 'Promote version 2']);
    expect(git(after.root, 'log', '-1', '--format=%b')).toBe('it was worse\n\nBy: eve');
    expect(git(after.root, 'diff', '--name-only', 'HEAD~1')).toBe('final/production.json');
    const { promoted } = json(after.root, 'production.json') as { promoted: object };
    expect(json(after.root, 'production.json')).toMatchObject({ version: 1, previous: 2 });
    expect(promoted).toMatchObject(back);

    // While one is about to push, another one turns to v2: the model before that is the one that the first has seen in production.
    const bare = url.slice('file://'.length);
    writeFiles(bare, { 'hooks/pre-receive': HOLD, hold: '' });
    chmodSync(join(bare, 'hooks/pre-receive'), 0o755);
    const first = rollBackModel(temporary(), back, true, branch).catch((error: unknown) => error);
    await until('the push', () => existsSync(join(bare, 'held')));
    await rollBackModel(temporary(), { ...back, to: 2 }, true, branch);
    writeFiles(bare, { go: '' });
    expect(await first).toMatchObject({ code: 'production-changed' });
    expect(json(cloned(url).root, 'production.json')).toMatchObject({ version: 2 });

    // What nobody has any more comes into production nowhere.
    rmSync(join(data, 'files'), { recursive: true });
    await expect(rollBackModel(temporary(), back, true, branch)).rejects.toMatchObject({
      code: 'object-missing',
    });
    expect(cloned(url).log[0]).toBe('Roll back to version 2');
  });

  it('are those of a branch that is there', async () => {
    const { url } = await registeredRepository();
    await expect(registerModel(temporary(), DECIDED, true, { url, branch: 'none' })).rejects.toMatchObject({
      code: 'revision-missing',
    });
    await expect(promoteVersion(temporary(), DECIDED, true, { url, branch: 'main' })).rejects.toMatchObject({
      code: 'no-such-version',
    });
    expect(cloned(url).log).toEqual(['Train', 'Begin']);
  });
});
