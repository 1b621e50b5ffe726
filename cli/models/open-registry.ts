import { basename } from 'node:path';
import { findBaseConfig, type BaseConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject, type Project, type Remote } from '../../dvc/index.js';
import {
  announce,
  announcementSetting,
  listVersions,
  registryOf,
  registrySection,
  versionDescription,
  type MlflowAnnouncement,
  type ModelVersion,
  type Registry,
  type VersionRecord,
} from '../../promotion/index.js';
import { openState, projectSection } from '../../runner/index.js';
import type { PromotionSettings } from '../../workflows/index.js';
import { localSettings } from '../retrain/local-settings.js';

/** The models of a project, and what they are called. */
export interface OpenRegistry {
  readonly project: Project;
  readonly settings: PromotionSettings;
  readonly registry: Registry;
  readonly base: BaseConfig | undefined;
  /** Where the data is, of a checkout of a repository. */
  readonly remote?: Remote | undefined;
}

/** Of the nearest project. @throws DiagnosticError `bad-setting`, `bad-config`, and those of `openProject` */
export async function openRegistry(cwd: string): Promise<OpenRegistry> {
  const project = await openProject(cwd);
  return registryIn(project, basename(project.root));
}

/**
 * @param name of the models, where neither settings nor configuration have one
 * @throws DiagnosticError `bad-setting`, `bad-config`
 */
export function registryIn(project: Project, name: string): OpenRegistry {
  const { root } = project;
  const base = findBaseConfig(root);
  const section = projectSection(root, 'registry', registrySection.prefault({}));
  return { project, settings: localSettings(root), registry: registryOf(section, base?.name, name), base };
}

/** @throws DiagnosticError `no-such-version`, `bad-version`, `bad-production` */
export async function versionOf(
  { project, settings }: OpenRegistry,
  wanted: number | undefined,
  none: string,
): Promise<ModelVersion> {
  const versions = await listVersions(project.root, settings.final);
  const found = versions.find(({ version }) => version === wanted);
  if (found) return found;
  const known = versions.map(({ version }) => `v${version}`).join(', ');
  throw new DiagnosticError('no-such-version', {
    message: wanted === undefined ? none : `there is no v${wanted}`,
    ...(versions.length > 0 && { expected: `one of: ${known}` }),
    fix: 'register one, `reprise model register`, or name one that `reprise model list` shows',
  });
}

/** @throws DiagnosticError `no-lineage` for a version from before there were records */
export function recordOf({ version, record }: ModelVersion): VersionRecord {
  if (record) return record;
  throw new DiagnosticError('no-lineage', {
    message: `nothing is known of where v${version} came from: it is older than such records`,
    fix: 'register the model again, from the checkout that made it: `reprise model register`',
  });
}

/**
 * Makes ready what MLflow is told, where there is one to tell, from a project that may be gone by then.
 *
 * @returns tells it; what goes wrong with that is a line on stderr
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function prepareToTell(
  { project, registry, base, remote }: OpenRegistry,
  record: VersionRecord,
  aliases: MlflowAnnouncement['aliases'],
): Promise<() => Promise<void>> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const setting = await announcementSetting(project.root, base, registry, openState);
  if (!setting) return () => Promise.resolve();
  try {
    const description = await versionDescription({ project, remote }, registry, record);
    return () => announce({ registry, record, description, aliases, setting, log });
  } catch (error) {
    const { message } = error as Error;
    return () => Promise.resolve(log(`MLflow is not told of v${record.version}: ${message}`));
  }
}
