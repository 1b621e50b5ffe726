import { DiagnosticError } from '../../diagnostics/index.js';
import { findTemporalCli } from '../../infra/locate/index.js';
import { connectRemote } from '../connection/remote.js';
import { resolveTarget, type Target } from '../connection/target.js';
import type { Finding } from './finding.js';

/** The server that commands would use, and the CLI, which is needed when that is the project's own. */
export async function examineTemporal(): Promise<readonly Finding[]> {
  let target: Target;
  try {
    target = resolveTarget({});
  } catch (error) {
    return [broken('server', error)];
  }
  return [await examineServer(target), await examineCli(target)];
}

async function examineServer(target: Target): Promise<Finding> {
  const common = { name: 'server', part: 'pipelines' } as const;
  if (target.kind === 'embedded') {
    return { ...common, state: 'found', detail: 'embedded: each project has its own, in its .reprise/' };
  }
  try {
    const connection = await connectRemote(target);
    await connection.close();
    const detail = `${target.address}, namespace ${target.namespace}`;
    return { ...common, state: 'found', detail };
  } catch (error) {
    return broken('server', error);
  }
}

async function examineCli(target: Target): Promise<Finding> {
  const common = {
    name: 'temporal-cli',
    part: target.kind === 'embedded' ? 'pipelines' : 'optional',
  } as const;
  try {
    const found = await findTemporalCli();
    if (found) {
      return {
        ...common,
        state: 'found',
        version: found.version,
        detail: `${found.path} (${found.source === 'cache' ? 'from `reprise setup`' : found.source})`,
      };
    }
  } catch (error) {
    return broken('temporal-cli', error);
  }
  return {
    ...common,
    state: 'missing',
    detail: 'the embedded server is this program',
    fix: 'reprise setup --only temporal',
  };
}

function broken(name: string, error: unknown): Finding {
  if (!(error instanceof DiagnosticError)) throw error;
  const { message, fix } = error;
  return { name, part: 'pipelines', state: 'broken', detail: message, ...(fix ? { fix } : {}) };
}
