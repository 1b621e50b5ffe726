import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeWithDvc, dvc, python } from '../dvc/state/real-dvc.js';

import {
  describeWithMlflow,
  productionSays,
  readRegistry,
  readRuns,
  startMlflow,
  type MlflowServer,
} from '../rig/mlflow.js';
import { startGate } from '../rig/mlflow-gate.js';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, type RepriseEnd } from '../rig/reprise.js';
import { git } from '../rig/sweep-project.js';
import { evaluated, tinyParams, tinyPipeline } from '../rig/tiny-pipeline.js';

afterEach(endAll);

function project(name: string): string {
  const root = tinyPipeline(name);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message=Begin');
  return root;
}

async function done(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RepriseEnd> {
  const end = await reprise(args, root, env);
  expect([end.stderr, end.code]).toEqual([end.stderr, 0]);
  return end;
}

const model = (root: string, ...args: string[]): Promise<RepriseEnd> => done(root, ['model', ...args]);

const event = ({ stdout }: RepriseEnd): Record<string, unknown> =>
  JSON.parse(stdout.trim().split('\n').at(-1) as string) as Record<string, unknown>;

/** What MLflow's Python says with `models:/NAME@production`, and what our evaluation said. */
async function expectAnswers(uri: string, name: string, root: string): Promise<void> {
  const rows = evaluated(root);
  const said = await productionSays(
    uri,
    name,
    rows.map(({ text }) => text),
  );
  expect(said).toEqual(rows.map(({ finetuned }) => finetuned));
}

const suite = (name: string, tests: () => void): void =>
  describeWithDvc(name, () => describeWithMlflow('with MLflow', tests));

suite('reprise model', () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await startMlflow();
  });
  afterAll(async () => {
    await server?.stop();
  });

  it('registers, promotes and rolls back what MLflow and DVC then read, from the stages on', async () => {
    const root = project('tiny');
    const uri = pathToFileURL(join(root, 'experiments/mlruns')).href;
    await done(root, ['repro']);
    expect((await model(root, 'register', '--by', 'ada')).stdout).toMatch(
      /^v1 is the candidate: models\/final\/model_v1;/,
    );
    const [run] = (await readRuns(uri))['tiny'] ?? [];
    const first = await readRegistry(uri, 'tiny');
    expect(first).toMatchObject({
      aliases: { candidate: 1 },
      versions: [
        {
          number: 1,
          run_id: run?.id,
          status: 'READY',
          tags: { 'reprise.version': '1', 'reprise.stage': 'finetune_model' },
        },
      ],
    });
    const commit = git(root, 'rev-parse', 'HEAD');
    const metrics = JSON.parse(readFileSync(join(root, 'metrics.json'), 'utf8')) as {
      finetuned: { accuracy: number };
    };
    const shown = event(await model(root, 'show', '1', '--json'));
    expect(shown).toMatchObject({
      isCandidate: true,
      run: { id: run?.id, uri },
      lineage: {
        code: { commit },
        data: { 'data/finetuning/train.jsonl': expect.stringMatching(/^[0-9a-f]{32}$/) },
        params: { 'finetuning.num_epochs': 2, 'configs/base_config.yaml:task': 'text-classification' },
        metrics: { 'finetuned.accuracy': metrics.finetuned.accuracy },
      },
    });
    const card = (await model(root, 'card', '1')).stdout;
    expect(readFileSync(join(root, 'models/final/model_v1/README.md'), 'utf8')).toBe(card);
    expect(card).toMatch(/^---\nlibrary_name: peft\npipeline_tag: text-classification\n/);

    expect((await model(root, 'promote', '--by', 'ada', '--reason', 'first')).stdout).toContain(
      'v1 is in production; commit',
    );
    expect((await readRegistry(uri, 'tiny')).aliases).toEqual({ production: 1 });
    await expectAnswers(uri, 'tiny', root);
    // The same model again is the same version.
    expect((await model(root, 'register')).stdout).toBe('it is v1, which is in production\n');
    expect(
      (await done(root, ['predict', '--model', 'models/final/model_v1', '--output', 'again.jsonl'])).code,
    ).toBe(0);

    writeFiles(root, { 'params.yaml': tinyParams(1) });
    const lock = readFileSync(join(root, 'dvc.lock'));
    await done(root, ['repro']);
    // The second training has begun with the lock file that the first one left.
    const runs = (await readRuns(uri))['tiny'] ?? [];
    expect(runs.map(({ tags }) => tags['reprise.dvc_lock_sha256'])).toEqual([
      undefined,
      createHash('sha256').update(lock).digest('hex'),
    ]);
    expect(event(await model(root, 'register', '--json'))).toMatchObject({ version: 2, isNew: true });
    expect(event(await model(root, 'diff', '1', '2', '--json'))).toMatchObject({
      params: [{ name: 'finetuning.num_epochs', before: 2, after: 1 }],
      data: [],
    });
    expect(event(await model(root, 'promote', '--json'))).toMatchObject({
      version: 2,
      previous: 1,
      judgement: { comparison: { production: 1, rows: 30 } },
    });
    expect((await readRegistry(uri, 'tiny')).aliases).toEqual({ production: 2 });
    expect((await model(root, 'rollback')).stdout).toContain('v1 is in production again');
    expect((await readRegistry(uri, 'tiny')).aliases).toEqual({ production: 1 });
    expect((await model(root, 'list')).stdout).toMatch(/^v2 +\d{4}-[^\n]+model_v2\nv1 +production /);

    expect((await dvc(['status'], root)).stdout).toMatch(/up to date/);
    git(root, 'add', 'models/final', 'dvc.lock', 'metrics.json', 'params.yaml');
    git(root, 'commit', '--quiet', '--message=Register');
    git(root, 'tag', '--annotate', '--message=v2', 'models/final=tiny@v2.0.0');
    const script = `import dvc.api, json; print(json.dumps(dvc.api.artifacts_show('models/final:tiny', version='v2.0.0')))`;
    expect(JSON.parse(await python(script, '', root))).toMatchObject({ path: 'models/final/model_v2' });
    const got = await dvc(
      ['artifacts', 'get', '.', 'models/final:tiny', '--rev', 'v2.0.0', '--out', 'got'],
      root,
    );
    expect([got.stderr, got.code]).toEqual([got.stderr, 0]);
    execFileSync('diff', ['-r', 'got', 'models/final/model_v2'], { cwd: root });
  }, 600_000);

  it('tells a server that was down later, in order', async () => {
    const root = project('down');
    const gate = await startGate(server.uri);
    const env = { MLFLOW_TRACKING_URI: gate.uri };
    try {
      await done(root, ['finetune'], env);
      await done(root, ['evaluate'], env);
      const command = (...args: string[]): Promise<RepriseEnd> => done(root, ['model', ...args], env);
      gate.down = true;
      const registered = await command('register');
      expect(registered.stderr).toContain('MLflow is not told yet of v1');
      await command('promote');
      // Another one, by its bytes, which no run of MLflow's has made.
      writeFileSync(join(root, 'models/checkpoints/best_model/note'), 'x');
      await command('register');
      await command('promote', '2');
      await command('rollback');
      gate.down = false;
      gate.losesEach = 3;
      for (let tries = 0; tries < 30; tries++)
        if ((await reprise(['tracking', 'send'], root, env)).code === 0) break;
      gate.losesEach = 0;
      expect((await done(root, ['tracking', 'send'], env)).stdout).toBe('nothing is left to send\n');
      expect(gate.lost()).toBeGreaterThan(0);
      const { aliases, versions } = await readRegistry(server.uri, 'down');
      expect(aliases).toEqual({ production: 1 });
      expect(versions.map(({ number, tags }) => [number, tags['reprise.version']])).toEqual([
        [1, '1'],
        [2, '2'],
      ]);
      await expectAnswers(server.uri, 'down', root);
      expect(existsSync(join(root, 'experiments/mlruns'))).toBe(false);
    } finally {
      await gate.close();
    }
  }, 400_000);

  it('says what is missing', async () => {
    const root = project('missing');
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await reprise(['model', ...args], root);
      expect(code).toBe(1);
      return stderr;
    };
    expect(await refused('register')).toContain('models/checkpoints/best_model is not there');
    expect(await refused('promote')).toContain('no version is the candidate');
    expect(await refused('show')).toContain('no model is in production');
    writeFiles(root, { 'models/checkpoints/best_model/weights': 'x' });
    expect((await model(root, 'register')).stdout).toContain('its answers on the test rows are not there');
    expect(await refused('promote')).toContain('v1 has no answers on the test rows');
    expect(await refused('diff', '1', '2')).toContain('there is no v2');
    expect((await reprise(['model', 'diff', '1'], root)).code).toBe(2);
  });
});
