import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { startGit, type GitRepository, type GitServer } from '../rig/git-server.js';
import { Host } from '../rig/host.js';
import {
  describeWithMlflow,
  productionSays,
  readRegistry,
  readRuns,
  startMlflow,
  type MlflowServer,
  type TrackedByMlflow,
} from '../rig/mlflow.js';
import { startGate, type MlflowGate } from '../rig/mlflow-gate.js';
import { describeWithDvc, dvcSays } from '../dvc/state/real-dvc.js';
import { endAll, reprise, type RepriseEnd } from '../rig/reprise.js';
import { startTemporal } from '../rig/temporal.js';
import { evaluated, tinyParams, tinyPipeline } from '../rig/tiny-pipeline.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-git-tracking-')));

const suite = (name: string, tests: () => void): void =>
  describeWithDvc(name, () => describeWithMlflow('with MLflow', tests));

/** What waits in a host's folder to be sent. */
function waiting(folder: string): string[] {
  const pending = join(folder, '.reprise/tracking/pending');
  const names = existsSync(pending) ? readdirSync(pending) : [];
  return names.map((name) => {
    const head = JSON.parse(readFileSync(join(pending, name, 'head.json'), 'utf8')) as {
      readonly run: string;
    };
    return head.run === 'latest' ? 'evaluation' : 'training';
  });
}

/** Two hosts, which share a repository, a remote and a tracking server; what is asked for is asked from elsewhere. */
suite('a git workspace', () => {
  let env: TestWorkflowEnvironment;
  let git: GitServer;
  let server: MlflowServer;
  /** Through which the hosts reach the tracking server. */
  let gate: MlflowGate;
  let hosts: readonly Host[];
  const here = temporary();
  beforeAll(async () => {
    [env, git, server] = await Promise.all([startTemporal(), startGit(), startMlflow()]);
    gate = await startGate(server.uri);
    const start = (id: string): Promise<Host> =>
      new Host().start(['--git', git.url, '--slots', '1', '--host-id', id], behindGate());
    hosts = [await start('a'), await start('b')];
  });
  afterAll(async () => {
    endAll();
    git?.stop();
    await gate?.close();
    await server?.stop();
    await env?.teardown();
  });

  const settings = (): NodeJS.ProcessEnv => ({
    TEMPORAL_ADDRESS: env.address,
    MLFLOW_TRACKING_URI: server.uri,
  });

  const behindGate = (): NodeJS.ProcessEnv => ({ ...settings(), MLFLOW_TRACKING_URI: gate.uri });

  /** Hosts restore what they have run already: only what no other repository trains is trained, and so has a run. */
  function repository(name: string, epochs: number): GitRepository {
    const made = git.makeRepository(name, {});
    cpSync(tinyPipeline(name), made.clone, { recursive: true });
    made.commit({
      'params.yaml': tinyParams(epochs),
      '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = ${temporary()}\n`,
    });
    return made;
  }

  /** @returns the last event */
  async function done(cwd: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await reprise([...args, '--json'], cwd, settings());
    expect([stdout, stderr, code]).toEqual([stdout, stderr, 0]);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
  }

  /** A clone of a branch with its data, of which dvc finds nothing amiss. */
  async function pulled({
    url,
  }: GitRepository): Promise<{ readonly root: string; readonly log: readonly string[] }> {
    const root = temporary();
    execFileSync('git', ['clone', '--quiet', url, root]);
    await dvcSays(root, 'pull', '--quiet');
    expect(JSON.parse(await dvcSays(root, 'status', '--json'))).toEqual({});
    const log = execFileSync('git', ['log', '--format=%s'], { cwd: root, encoding: 'utf8' });
    return { root, log: log.trim().split('\n') };
  }

  /** What MLflow loads as the model in production says what the evaluation in `root` found. */
  async function expectInProduction(name: string, root: string): Promise<void> {
    const rows = evaluated(root);
    const texts = rows.map(({ text }) => text);
    expect(await productionSays(server.uri, name, texts)).toEqual(rows.map(({ finetuned }) => finetuned));
  }

  it('has the trials of a sweep in MLflow as runs under one run, from whichever host', async () => {
    const { url } = repository('swept', 1);
    const sweep = ['--param', 'finetuning.num_epochs=1,2,3', '--metric', 'metrics.json:finetuned.accuracy'];
    const end = await done(here, 'sweep', 'run', '--git', url, ...sweep, '--name', 'epochs', '-j', '2');
    expect(end).toMatchObject({ event: 'sweep-end', status: 'succeeded', id: 'epochs' });
    const { swept = [] } = await readRuns(server.uri);
    const [parent, ...others] = swept.filter(({ tags }) => tags['mlflow.parentRunId'] === undefined);
    expect([parent?.name, parent?.status, parent?.ended, others]).toEqual(['epochs', 'FINISHED', true, []]);
    const trials = swept
      .filter(({ tags }) => tags['mlflow.parentRunId'] === parent?.id)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(
      trials.map(({ name, status, params, tags }) => [
        name,
        status,
        params['num_epochs'],
        tags['reprise.trial'],
      ]),
    ).toEqual([
      ['epochs/001', 'FINISHED', '1', '001'],
      ['epochs/002', 'FINISHED', '2', '002'],
      ['epochs/003', 'FINISHED', '3', '003'],
    ]);
    for (const { artifacts, metrics } of trials) {
      expect(artifacts).toContain('model/MLmodel');
      expect(metrics['test/accuracy']).toHaveLength(1);
    }
  }, 300_000);

  it("has what is promoted in MLflow's registry, by itself and by a person", async () => {
    const place = repository('retrained', 4);
    const retrain = ['retrain', '--git', place.url, '--branch', 'main', '--no-ingest'];
    expect(await done(here, ...retrain)).toMatchObject({ outcome: 'promoted', version: 1 });
    const [first] = (await readRuns(server.uri))['retrained'] ?? [];
    expect(await readRegistry(server.uri, 'retrained')).toMatchObject({
      aliases: { production: 1 },
      versions: [{ number: 1, run_id: first?.id, tags: { 'reprise.stage': 'finetune_model' } }],
    });
    await expectInProduction('retrained', (await pulled(place)).root);

    place.git('pull', '--quiet', 'origin', 'main');
    place.commit({ 'params.yaml': tinyParams(5) });
    const held = await done(here, ...retrain, '--approval', 'always');
    expect(held).toMatchObject({ outcome: 'held' });
    expect((await readRegistry(server.uri, 'retrained')).aliases).toEqual({ production: 1 });
    const promotion = env.client.workflow.getHandle(String(held['promotion']));
    await promotion.executeUpdate('approve', { args: [{ by: 'ada', reason: 'longer' }] });
    expect(await promotion.result()).toMatchObject({ outcome: 'promoted', version: 2 });
    const { aliases, versions } = await readRegistry(server.uri, 'retrained');
    expect([aliases, versions.map(({ number }) => number)]).toEqual([{ production: 2 }, [1, 2]]);
    expect(versions[1]?.run_id).not.toBe(first?.id);
  }, 300_000);

  it('has what a server that was down did not take, once it is sent from the folders of the hosts', async () => {
    const place = repository('downed', 8);
    const commit = place.git('rev-parse', 'HEAD');
    gate.down = true;
    expect(await done(here, 'repro', '--git', place.url, '--branch', 'main')).toMatchObject({ event: 'end' });
    const { root } = await pulled(place);
    expect((await readRuns(server.uri))['downed']).toBeUndefined();

    const kept = hosts.filter(({ folder }) => waiting(folder).length > 0);
    // Whoever has only evaluated comes last: it adds to the run of the training.
    kept.sort(
      (a, b) =>
        Number(waiting(b.folder).includes('training')) - Number(waiting(a.folder).includes('training')),
    );
    expect(kept.flatMap(({ folder }) => waiting(folder)).sort()).toEqual(['evaluation', 'training']);
    const send = (folder: string, env = behindGate()): Promise<RepriseEnd> =>
      reprise(['tracking', 'send'], folder, env);
    for (const { folder } of kept) {
      const still = await send(folder);
      expect([still.code, still.stdout]).toEqual([1, expect.stringMatching(/^0 sent, [12] not sent: /)]);
      // In a shell that does not know the server, nothing is lost either.
      const { code, stderr } = await send(folder, { ...settings(), MLFLOW_TRACKING_URI: '' });
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`for ${gate.uri}: set MLFLOW_TRACKING_URI`),
      ]);
    }
    gate.down = false;
    for (const { folder } of kept) {
      const sent = await send(folder);
      expect([sent.stderr, sent.stdout, sent.code]).toEqual([
        '',
        expect.stringMatching(/^[12] sent, 0 not sent\n$/),
        0,
      ]);
      expect(await send(folder)).toMatchObject({ code: 0, stdout: 'nothing is left to send\n' });
      expect(waiting(folder)).toEqual([]);
    }

    const { downed = [] } = await readRuns(server.uri);
    expect(downed).toHaveLength(1);
    const [run] = downed as [TrackedByMlflow];
    expect([run.status, run.ended]).toEqual(['FINISHED', true]);
    expect(run.tags).toMatchObject({
      'mlflow.source.git.commit': commit,
      'mlflow.source.git.repoURL': place.url,
    });
    // Each point of the training once, in its order.
    const said = JSON.parse(readFileSync(join(root, 'models/checkpoints/training.json'), 'utf8')) as {
      readonly log_history: readonly { readonly step: number; readonly loss?: number }[];
    };
    expect(run.metrics['train/loss']).toEqual(
      said.log_history.flatMap(({ step, loss }) => (loss === undefined ? [] : [[step, loss]])),
    );
    expect(run.metrics['test/accuracy']).toHaveLength(1);
    expect(run.artifacts).toEqual(expect.arrayContaining(['model/MLmodel', 'metrics.json', 'training.json']));
  }, 300_000);

  it('has models registered and promoted on its branch, from where nothing of it is', async () => {
    const place = repository('named', 6);
    const { url } = place;
    await done(here, 'repro', '--git', url, '--branch', 'main');
    const model = (cwd: string, ...args: string[]): Promise<Record<string, unknown>> =>
      done(cwd, 'model', ...args, '--git', url, '--branch', 'main');
    const nowhere = temporary();
    expect(await model(nowhere, 'register', '--by', 'ada', '--reason', 'the first')).toMatchObject({
      event: 'registered',
      version: 1,
      isNew: true,
      alias: 'candidate',
    });
    const [run] = (await readRuns(server.uri))['named'] ?? [];
    expect(await readRegistry(server.uri, 'named')).toMatchObject({
      aliases: { candidate: 1 },
      versions: [{ number: 1, run_id: run?.id }],
    });
    const registered = await pulled(place);
    expect(registered.log.slice(0, 2)).toEqual([
      'Register version 1',
      'Reproduce finetune_model, evaluate_model',
    ]);
    // The version is what was trained there, with its card; its answers are those of the evaluation.
    const record = JSON.parse(readFileSync(join(registered.root, 'models/final/model_v1.json'), 'utf8')) as {
      readonly lineage: { readonly code: object; readonly params: object; readonly metrics: object };
    };
    expect(record.lineage).toMatchObject({
      code: { repository: url, branch: 'main', changed: false },
      params: { 'finetuning.num_epochs': 6 },
    });
    const best = readdirSync(join(registered.root, 'models/checkpoints/best_model'));
    expect(readdirSync(join(registered.root, 'models/final/model_v1')).sort()).toEqual(
      [...best, 'README.md'].sort(),
    );
    // Registered again, by somebody else and elsewhere, it is the same version, and nothing is committed.
    expect(await model(temporary(), 'register')).toMatchObject({ version: 1, isNew: false });
    expect((await pulled(place)).log).toEqual(registered.log);

    // Two at once: whoever comes second sees what the first has done, and takes nothing of it back.
    const ends = await Promise.all(
      [temporary(), temporary()].map((cwd) =>
        reprise(['model', 'promote', '--git', url, '--branch', 'main', '--json'], cwd, settings()),
      ),
    );
    expect(ends.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(ends.find(({ code }) => code === 1)?.stdout).toMatch(
      /in production already|no version is the candidate/,
    );
    const promoted = await pulled(place);
    expect(promoted.log.slice(0, 2)).toEqual(['Promote version 1', 'Register version 1']);
    expect(readdirSync(join(promoted.root, 'models/final'))).not.toContain('candidate.json');
    expect((await readRegistry(server.uri, 'named')).aliases).toEqual({ production: 1 });
    await expectInProduction('named', promoted.root);

    place.git('pull', '--quiet', 'origin', 'main');
    place.commit({ 'params.yaml': tinyParams(7) });
    await done(here, 'repro', '--git', url, '--branch', 'main');
    expect(await model(nowhere, 'register')).toMatchObject({ version: 2 });
    expect(await model(nowhere, 'promote')).toMatchObject({
      version: 2,
      previous: 1,
      judgement: { comparison: { production: 1, rows: 30 } },
    });
    const last = await pulled(place);
    expect(JSON.parse(readFileSync(join(last.root, 'models/final/production.json'), 'utf8'))).toMatchObject({
      version: 2,
      previous: 1,
    });
    expect((await readRegistry(server.uri, 'named')).aliases).toEqual({ production: 2 });
    const shown = await reprise(['model', 'show', '1', '--git', url, '--json'], nowhere, settings());
    expect(JSON.parse(shown.stdout)).toMatchObject({ version: 1, run: { id: run?.id, uri: server.uri } });
    expect(await model(nowhere, 'rollback')).toMatchObject({ version: 1, previous: 2 });
    expect((await readRegistry(server.uri, 'named')).aliases).toEqual({ production: 1 });

    const refused = async (...args: string[]): Promise<readonly [number | null, string]> => {
      const { code, stderr } = await reprise(['model', ...args], nowhere, settings());
      return [code, stderr];
    };
    expect(await refused('promote', '--git', url)).toEqual([
      2,
      expect.stringMatching(/--git needs --branch/),
    ]);
    expect(await refused('promote', '--branch', 'main')).toEqual([
      2,
      expect.stringMatching(/with --git only/),
    ]);
    expect(await refused('register', '--git', url, '--branch', 'none')).toEqual([
      1,
      expect.stringMatching(/the repository has no branch none/),
    ]);
  }, 300_000);
});
