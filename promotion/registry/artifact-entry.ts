import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeBeside } from '../../dvc/index.js';
import { insideProject } from '../versions/paths.js';
import type { VersionRecord } from '../versions/version-record.js';
import type { Registry } from './settings.js';

/** A dvc.yaml of its own, which nobody writes by hand: `dvc` and GTO read artifacts of each that a repository has. */
export const artifactsFile = (final: string): string => join(final, 'dvc.yaml');

const HEADER = '# Written by reprise at each registration of a model.';

/**
 * The newest version as an artifact of DVC's: `dvc artifacts get URL models/final:NAME` brings it. Which version is in
 * production follows from git tags there (`models/final=NAME#production`), and not from this file.
 */
export async function writeArtifact(
  root: string,
  final: string,
  { name, settings }: Registry,
  { version, lineage, registered, source }: VersionRecord,
): Promise<void> {
  const file = await insideProject(root, artifactsFile(final));
  // Somebody else's is left as it is.
  if (!(await readFile(file, 'utf8').catch(() => HEADER)).startsWith(HEADER)) return;
  const { code, metrics } = lineage ?? {};
  const artifact = {
    path: `model_v${version}`,
    type: 'model',
    desc: `Version ${version}: ${registered.reason}`,
    ...(settings.tags === undefined ? {} : { labels: settings.tags }),
    meta: {
      version,
      ...(code === undefined ? {} : { commit: code.commit }),
      trained: source.md5,
      ...(metrics === undefined || Object.keys(metrics).length === 0 ? {} : { metrics }),
    },
  };
  await writeBeside(file, `${HEADER}\n${stringify({ artifacts: { [name]: artifact } })}`);
}
