import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeVersion, modelCard, readProduction } from '../../promotion/index.js';
import { openRemoteIfAny } from '../../workspaces/index.js';
import { say } from '../retrain/say.js';
import { lookInto } from './look-into.js';
import { recordOf, versionOf } from './open-registry.js';
import type { ModelRevision } from './revision-registry.js';

export interface CardUse {
  /** File that gets it; absent: stdout. */
  readonly output?: string | undefined;
  readonly json: boolean;
  /** Whose models they are; absent: those of the project around. */
  readonly revision?: ModelRevision | undefined;
}

/**
 * `reprise model card`: as the settings have it now; what is in `model_vN` stays what it was. Of a repository, what the card follows from
 * is read from the DVC remote.
 *
 * @throws DiagnosticError `no-such-version`, `no-lineage`, `cache-missing`, those of `lookInto`, and of the remote
 */
export async function printCard(
  cwd: string,
  wanted: number | undefined,
  { output, json, revision }: CardUse,
): Promise<void> {
  const { version, text } = await lookInto(cwd, revision, async (open) => {
    const { project, settings, registry } = open;
    const production = await readProduction(project.root, settings.final);
    const found = await versionOf(
      open,
      wanted ?? production?.version,
      'no model is in production: name a version',
    );
    const remote = revision && (await openRemoteIfAny(project, revision.remote));
    const described = await describeVersion({ project, remote }, registry, recordOf(found));
    return { version: found.version, text: modelCard(described) };
  });
  if (output === undefined) return say(json, { event: 'card', version, text }, [text.trimEnd()]);
  await writeFile(resolve(cwd, output), text);
  say(json, { event: 'card', version, output }, [`the card of v${version} is in ${output}`]);
}
