import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { promoteVersion } from '../../../cli/models/promote-model.js';
import { registerModel } from '../../../cli/models/register-model.js';
import {
  fetchObjects,
  loadPipeline,
  openProject,
  openRemote,
  pushObjects,
  readLockEntries,
  type Md5,
  type Project,
} from '../../../dvc/index.js';
import { writeFiles } from '../../rig/project.js';
import { PLACES, makeModel, registeredProject } from '../../rig/registered-project.js';
import { git } from '../../rig/sweep-project.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-branch-')));
const DECIDED = { by: 'ada', reason: 'the first' };

/** A repository whose branch `main` has what the stages made, and a remote with the data; and somebody's clone. */
async function repository(): Promise<{ url: string; project: Project; publish(): Promise<void> }> {
  const bare = temporary();
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  const { root } = await registeredProject();
  writeFiles(root, {
    '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = ${temporary()}\n`,
    '.reprise/config.yaml': stringify({ retrain: PLACES }),
  });
  git(root, 'remote', 'add', 'origin', `file://${bare}`);
  const project = await openProject(root);
  const publish = async (): Promise<void> => {
    const { stages } = await loadPipeline(project);
    const entryOf = await readLockEntries(project, stages);
    // Figures are git's.
    const hashes = stages.flatMap((stage) => {
      const kept = new Set(stage.outs.filter(({ cache }) => cache).map(({ path }) => path));
      return (entryOf(stage)?.outs ?? []).flatMap(({ path, md5 }) => (md5 && kept.has(path) ? [md5] : []));
    });
    const { failed } = await pushObjects({ project, remote: await openRemote(project), hashes });
    expect(failed).toEqual([]);
    git(root, 'add', '--force', '.dvc/config', '.reprise/config.yaml', 'dvc.lock', 'figures.json');
    git(root, 'commit', '--quiet', '--message=Train');
    git(root, 'push', '--quiet', 'origin', 'main');
  };
  await publish();
  return { url: `file://${bare}`, project, publish };
}

/** What the branch has now. */
function cloned(url: string): { readonly root: string; readonly log: readonly string[] } {
  const root = temporary();
  execFileSync('git', ['clone', '--quiet', url, root]);
  return { root, log: git(root, 'log', '--format=%s').split('\n') };
}

const json = (root: string, name: string): unknown =>
  JSON.parse(readFileSync(join(root, PLACES.final, name), 'utf8'));

describe('the models of a branch', () => {
  it('are registered and promoted in commits of their own, from where nothing of it is', async () => {
    const { url, project, publish } = await repository();
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
  }, 120_000);

  it('are those of a branch that is there', async () => {
    const { url } = await repository();
    await expect(registerModel(temporary(), DECIDED, true, { url, branch: 'none' })).rejects.toMatchObject({
      code: 'revision-missing',
    });
    await expect(promoteVersion(temporary(), DECIDED, true, { url, branch: 'main' })).rejects.toMatchObject({
      code: 'no-such-version',
    });
    expect(cloned(url).log).toEqual(['Train', 'Begin']);
  }, 120_000);
});
