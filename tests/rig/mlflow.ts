import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';
import { pythonForks } from './python-forks.js';

/** The real `mlflow`, with what its models need: the set-up of the tests puts it in a cache folder and names it here. */
const executable = process.env['REPRISE_TEST_MLFLOW'];

export const describeWithMlflow = (name: string, suite: () => void): void => {
  if (executable) describe(name, suite);
  else if (process.env['CI'])
    describe(name, () => {
      it('finds the real mlflow', () => {
        throw new Error('REPRISE_TEST_MLFLOW is not set: it must name the mlflow executable');
      });
    });
  else describe.skip(`${name} (skipped: REPRISE_TEST_MLFLOW does not name an mlflow executable)`, suite);
};

const environment = {
  ...process.env,
  MLFLOW_ALLOW_FILE_STORE: 'true',
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
  // Eight more processes, which nobody asks for anything here.
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  HF_HUB_OFFLINE: '1',
};

export interface MlflowServer {
  readonly uri: string;
  stop(): Promise<void>;
}

/** A user of a server that asks who somebody is. */
export interface MlflowUser {
  readonly name: string;
  /** At least twelve characters. */
  readonly password: string;
}

/** As MLflow's own client, and ours, read it from the environment. */
export const credentials = ({ name, password }: MlflowUser): NodeJS.ProcessEnv => ({
  MLFLOW_TRACKING_USERNAME: name,
  MLFLOW_TRACKING_PASSWORD: password,
});

/**
 * A tracking server with a database and a folder of artifacts of its own.
 *
 * @param administrator of MLflow's own basic authentication; absent: it asks nobody
 */
export async function startMlflow(administrator?: MlflowUser): Promise<MlflowServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-mlflow-'));
  const port = await freePort();
  const asks = administrator ? basicAuthentication(folder, administrator) : undefined;
  const child: ChildProcess = spawn(
    executable ?? '',
    [
      ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
      ...['--artifacts-destination', join(folder, 'artifacts')],
      ...(asks ? ['--app-name', 'basic-auth'] : []),
    ],
    {
      cwd: folder,
      env: { ...environment, ...asks },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (output += String(text)));
  const uri = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    if (answer?.ok) return { uri, stop };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  throw new Error(`mlflow does not answer: ${output}`);
}

/** What the server is told by its environment. Everybody may read what others have made. */
function basicAuthentication(folder: string, { name, password }: MlflowUser): NodeJS.ProcessEnv {
  const file = join(folder, 'basic_auth.ini');
  const settings = [
    'default_permission = READ',
    `database_uri = sqlite:///${join(folder, 'auth.db')}`,
    // A password's hash takes long to make, by design; and each call shows the password.
    'auth_cache_ttl_seconds = 600',
  ];
  writeFileSync(file, `[mlflow]\n${settings.join('\n')}\n`);
  return {
    MLFLOW_AUTH_CONFIG_PATH: file,
    MLFLOW_AUTH_ADMIN_USERNAME: name,
    MLFLOW_AUTH_ADMIN_PASSWORD: password,
    MLFLOW_FLASK_SERVER_SECRET_KEY: 'of the tests',
  };
}

/** Whom the administrator lets in. */
export async function addUser({ uri }: MlflowServer, by: MlflowUser, user: MlflowUser): Promise<void> {
  const authorization = `Basic ${Buffer.from(`${by.name}:${by.password}`).toString('base64')}`;
  const answer = await fetch(`${uri}/api/2.0/mlflow/users/create`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ username: user.name, password: user.password }),
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}

export interface TrackedByMlflow {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly ended: boolean;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Step and value of each point, in the order of the store. */
  readonly metrics: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly inputs: readonly {
    readonly name: string;
    readonly digest: string;
    readonly source: unknown;
    readonly profile: unknown;
    readonly context: string;
  }[];
  readonly artifacts: readonly string[];
}

/** Experiment → its runs, as MLflow's Python client reads them. */
export async function readRuns(
  uri: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Readonly<Record<string, readonly TrackedByMlflow[]>>> {
  const text = await mlflowPython(['tests/tracking/fixtures/read_runs.py', uri], env);
  return JSON.parse(text) as Record<string, TrackedByMlflow[]>;
}

const python = join(dirname(executable ?? ''), 'python');
const forked = pythonForks(python, ['mlflow', 'mlflow.pyfunc', 'pandas'], environment);

/** What takes a model of ours longest to load. */
const OF_MODELS = [
  'PIL.Image',
  'peft',
  ...['bert', 'gpt2', 'resnet'].map((name) => `transformers.models.${name}.modeling_${name}`),
];

/**
 * Runs Python where MLflow is installed.
 *
 * @param env with PYTHONPATH, it is a process from the start
 * @returns what it prints
 */
export async function mlflowPython(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const own = { ...environment, ...env };
  if (env['PYTHONPATH'] !== undefined)
    return (await promisify(execFile)(python, [...args], { env: own, maxBuffer: 1 << 28 })).stdout;
  const modules = basename(args[0] ?? '').startsWith('predict') ? OF_MODELS : [];
  const { code, stdout, stderr } = await forked(args, { cwd: process.cwd(), env: own, modules });
  if (code !== 0) throw new Error(`${args[0]}: ${stderr}`);
  return stdout;
}

export interface RegisteredWithMlflow {
  /** Alias → the number that it points at. */
  readonly aliases: Readonly<Record<string, number>>;
  readonly versions: readonly {
    readonly number: number;
    readonly run_id: string;
    readonly source: string;
    readonly status: string;
    readonly description: string;
    readonly tags: Readonly<Record<string, string>>;
  }[];
}

/** A registered model, as MLflow's Python client reads it. */
export async function readRegistry(uri: string, name: string): Promise<RegisteredWithMlflow> {
  return JSON.parse(
    await mlflowPython(['tests/tracking/fixtures/read_registry.py', uri, name]),
  ) as RegisteredWithMlflow;
}

/** What the model in production, by the name that it is registered with, says of texts: MLflow's client loads it. */
export async function productionSays(
  uri: string,
  name: string,
  texts: readonly string[],
): Promise<readonly string[]> {
  const args = [uri, `models:/${name}@production`, JSON.stringify(texts)];
  const text = await mlflowPython(['tests/tracking/fixtures/predict.py', ...args]);
  return (JSON.parse(text) as { readonly labels: readonly string[] }).labels;
}
