import { ALIASES, readVersion, rollBack, type Rollback } from '../../promotion/index.js';
import { say } from '../retrain/say.js';
import { openRegistry, prepareToTell } from './open-registry.js';

/** @throws DiagnosticError those of `rollBack` */
export async function rollBackModel(cwd: string, options: Rollback, json: boolean): Promise<void> {
  const open = await openRegistry(cwd);
  const { project, settings } = open;
  const { final } = settings;
  const { version, previous } = await rollBack(project, final, options);
  const record = await readVersion(project.root, final, version);
  if (record) await (await prepareToTell(open, record, { set: [ALIASES.production], unset: [] }))();
  say(json, { event: 'rollback', version, previous }, [
    `v${version} is in production again (before: v${String(previous)}); commit ${final}/production.json`,
  ]);
}
