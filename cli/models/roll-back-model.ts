import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import {
  ALIASES,
  productionFile,
  readProduction,
  readVersion,
  rollBack,
  type ProductionRecord,
  type Rollback,
} from '../../promotion/index.js';
import { say } from '../retrain/say.js';
import type { ModelBranch } from './branch-registry.js';
import { openRegistry, prepareToTell, type OpenRegistry } from './open-registry.js';

type Done = readonly [record: ProductionRecord, tell: () => Promise<void>];

/**
 * `reprise model rollback`: an earlier version is in production again.
 *
 * @throws DiagnosticError `production-changed`, those of `rollBack`, and of `editRegistry`
 */
export async function rollBackModel(
  cwd: string,
  options: Rollback,
  json: boolean,
  branch?: ModelBranch,
): Promise<void> {
  const [{ version, previous }, tell, place] = branch
    ? [...(await rollBackOnBranch(cwd, options, branch)), `pushed to ${branch.branch}`]
    : await rollBackHere(cwd, options);
  await tell();
  say(json, { event: 'rollback', version, previous }, [
    `v${version} is in production again (before: v${String(previous)}); ${place}`,
  ]);
}

async function rollBackHere(cwd: string, options: Rollback): Promise<readonly [...Done, string]> {
  const open = await openRegistry(cwd);
  const { final } = open.settings;
  const record = await rollBack(open.project, final, options);
  return [record, await tellOf(open, record), `commit ${productionFile(final)}`];
}

async function rollBackOnBranch(cwd: string, options: Rollback, branch: ModelBranch): Promise<Done> {
  const { editRegistry } = await import('./branch-registry.js');
  let seen: string | undefined;
  return await editRegistry<Done>(cwd, branch, async (open) => {
    const { project, settings, contents } = open;
    const { final } = settings;
    // Looked at again: the one before is another one, when somebody has turned back or promoted meanwhile.
    const run = (await readProduction(project.root, final))?.promoted.run ?? '';
    seen ??= run;
    if (options.to === undefined && run !== seen)
      throw new DiagnosticError('production-changed', {
        message: `another model came into production meanwhile`,
        fix: 'look at `reprise model list`, and run it again',
      });
    const record = await rollBack(project, final, options, ({ md5 }) => contents.keep(md5));
    const { version } = record;
    return {
      result: [record, await tellOf(open, record)],
      files: [join(project.root, productionFile(final))],
      message: `Roll back to version ${version}\n\n${options.reason}\n\nBy: ${options.by}\n`,
    };
  });
}

async function tellOf(open: OpenRegistry, { version }: ProductionRecord): Promise<() => Promise<void>> {
  const { project, settings } = open;
  const record = await readVersion(project.root, settings.final, version);
  if (!record) return () => Promise.resolve();
  return await prepareToTell(open, record, { set: [ALIASES.production], unset: [] });
}
