import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeVersion, modelCard, readProduction } from '../../promotion/index.js';
import { say } from '../retrain/say.js';
import { openRegistry, recordOf, versionOf } from './open-registry.js';

/**
 * `reprise model card`: as the settings have it now; what is in `model_vN` stays what it was.
 *
 * @throws DiagnosticError `no-such-version`, `no-lineage`, `cache-missing`
 */
export async function printCard(
  cwd: string,
  wanted: number | undefined,
  { output, json }: { readonly output?: string | undefined; readonly json: boolean },
): Promise<void> {
  const open = await openRegistry(cwd);
  const { project, settings, registry } = open;
  const production = await readProduction(project.root, settings.final);
  const found = await versionOf(
    open,
    wanted ?? production?.version,
    'no model is in production: name a version',
  );
  const card = modelCard(await describeVersion({ project }, registry, recordOf(found)));
  const { version } = found;
  if (output === undefined) return say(json, { event: 'card', version, text: card }, [card.trimEnd()]);
  await writeFile(resolve(cwd, output), card);
  say(json, { event: 'card', version, output }, [`the card of v${version} is in ${output}`]);
}
