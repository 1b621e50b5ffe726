import { basename } from 'node:path';
import { log } from '@temporalio/activity';
import { findBaseConfig } from '../../configs/index.js';
import type { Project, Remote } from '../../dvc/index.js';
import {
  ALIASES,
  announce,
  announcementSetting,
  registryOf,
  registrySection,
  versionDescription,
  type Registry,
  type VersionRecord,
} from '../../promotion/index.js';
import { openState, projectSection } from '../../runner/index.js';
import type { Workspace } from '../../workflows/index.js';
import { repositoryName } from '../repository-name.js';

/** @throws DiagnosticError `bad-setting`, `bad-config` */
export function projectRegistry({ root }: Project, workspace: Workspace): Registry {
  const settings = projectSection(root, 'registry', registrySection.prefault({}));
  const folder = workspace.kind === 'git' ? repositoryName(workspace.url) : basename(root);
  return registryOf(settings, findBaseConfig(root)?.name, folder);
}

/** Tells MLflow what has come into production. Whatever goes wrong with it, the promotion stands. */
export async function announceProduction(
  project: Project,
  {
    registry,
    remote,
    record,
  }: {
    readonly registry: Registry;
    readonly remote: Remote | undefined;
    readonly record: VersionRecord;
  },
): Promise<void> {
  const { root } = project;
  const warn = (line: string): void => log.warn(line);
  try {
    const setting = await announcementSetting(root, findBaseConfig(root), registry, openState);
    if (!setting) return;
    const aliases = { set: [ALIASES.production], unset: [ALIASES.candidate] };
    const description = await versionDescription({ project, remote }, registry, record);
    await announce({ registry, record, description, aliases, setting, log: warn });
  } catch (error) {
    warn(`MLflow is not told of v${record.version}: ${(error as Error).message}`);
  }
}
