import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What made a run, as tags: MLflow's own names, and `reprise.…` beside them. Nothing of it is secret: addresses lose their
 * user and password.
 *
 * @param root the project's
 * @param command as a person would type it
 */
export async function describeSource(
  root: string,
  command: string,
  env: Environment = process.env,
): Promise<Record<string, string>> {
  const [commit, branch, url, changes, gpus, lock] = await Promise.all([
    output('git', ['rev-parse', 'HEAD'], root),
    output('git', ['branch', '--show-current'], root),
    output('git', ['remote', 'get-url', 'origin'], root),
    output('git', ['status', '--porcelain', '--untracked-files=no'], root),
    gpuNames(env),
    readFile(join(root, 'dvc.lock')).catch(() => undefined),
  ]);
  const tags: Record<string, string | undefined> = {
    'mlflow.user': user(env),
    'mlflow.source.name': command,
    'mlflow.source.type': env['DVC_STAGE'] === undefined ? 'LOCAL' : 'JOB',
    'mlflow.source.git.commit': commit,
    'mlflow.source.git.branch': branch,
    'mlflow.source.git.repoURL': url && withoutCredentials(url),
    'reprise.git_dirty': commit === undefined ? undefined : String(changes !== undefined && changes !== ''),
    'reprise.dvc_lock_sha256': lock && createHash('sha256').update(lock).digest('hex'),
    'reprise.host': hostname(),
    'reprise.gpu': gpus,
    'reprise.stage': env['DVC_STAGE'],
    'reprise.attempt': env['REPRISE_ATTEMPT'],
    'reprise.temporal.workflow_id': env['REPRISE_WORKFLOW_ID'],
    'reprise.temporal.run_id': env['REPRISE_RUN_ID'],
    'reprise.temporal.url': env['REPRISE_RUN_URL'],
  };
  return Object.fromEntries(
    Object.entries(tags).filter((tag): tag is [string, string] => tag[1] !== undefined && tag[1] !== ''),
  );
}

/** `https://user:token@host/x` → `https://host/x`; a password may have an `@` in it. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

async function gpuNames(env: Environment): Promise<string | undefined> {
  const devices = env['CUDA_VISIBLE_DEVICES'];
  if (devices === '') return undefined;
  const args = ['--query-gpu=name', '--format=csv,noheader', ...(devices ? ['-i', devices] : [])];
  return (await output('nvidia-smi', args, '.'))?.split('\n').join(', ');
}

async function output(file: string, args: readonly string[], cwd: string): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(file, [...args], { cwd, timeout: 10_000 })).stdout.trim();
  } catch {
    return undefined;
  }
}

function user(env: Environment): string | undefined {
  if (env['MLFLOW_TRACKING_USERNAME']) return env['MLFLOW_TRACKING_USERNAME'];
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
