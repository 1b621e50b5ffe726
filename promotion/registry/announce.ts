import {
  DESCRIPTION_LIMIT,
  announceVersion,
  trackingSettingOf,
  type RegisteredVersion,
  type TrackingConfig,
  type TrackingSetting,
} from '../../tracking/index.js';
import { cardBody } from '../card/card-body.js';
import type { ModelPlace } from '../card/model-content.js';
import { describeVersion } from '../card/version-card.js';
import type { VersionRecord } from '../versions/version-record.js';
import type { Registry } from './settings.js';

/** MLflow's aliases of a model. */
export const ALIASES = { candidate: 'candidate', production: 'production' } as const;

/**
 * Where MLflow is told. A project that was not laid out for tracking has to name a server or a folder.
 *
 * @param base `configs/base_config.yaml`
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function announcementSetting(
  root: string,
  base: TrackingConfig | undefined,
  { name }: Registry,
  openState: (home: string) => Promise<string>,
): Promise<TrackingSetting | undefined> {
  if (base) return await trackingSettingOf(root, base, openState);
  if (!process.env['MLFLOW_TRACKING_URI']) return undefined;
  return await trackingSettingOf(root, { name, tracking: { enabled: true, experiment: null } }, openState);
}

export interface MlflowAnnouncement {
  readonly registry: Registry;
  readonly record: VersionRecord;
  /** Markdown: see `versionDescription`. */
  readonly description: string;
  readonly aliases: RegisteredVersion['aliases'];
  readonly setting: TrackingSetting;
  readonly log: (line: string) => void;
}

/**
 * Tells MLflow of a version and of where it stands. A server that is down, or refuses, is said and stops nothing: what was not sent
 * is sent by the next command that sends.
 */
export async function announce(announcement: MlflowAnnouncement): Promise<void> {
  const { registry, record, description, aliases, setting, log } = announcement;
  try {
    const { unsent, problem } = await announceVersion({
      ...setting,
      md5: record.source.md5,
      version: {
        model: registry.name,
        version: record.version,
        description,
        tags: tagsOf(record),
        aliases,
      },
      onRefused: (message) => log(`not registered with MLflow: ${message}`),
    });
    if (unsent > 0)
      log(
        `MLflow is not told yet of v${record.version}: ${problem ?? 'another process sends'}. The next training tells it, or \`reprise tracking send\``,
      );
  } catch (error) {
    log(`MLflow is not told of v${record.version}: ${(error as Error).message}`);
  }
}

/**
 * What MLflow shows of a version: its card's text.
 *
 * @throws DiagnosticError `cache-missing`, and those of the remote
 */
export async function versionDescription(
  place: ModelPlace,
  registry: Registry,
  record: VersionRecord,
): Promise<string> {
  const body = cardBody(await describeVersion(place, registry, record));
  return body.length > DESCRIPTION_LIMIT ? `${body.slice(0, DESCRIPTION_LIMIT - 1)}…` : body;
}

function tagsOf({ source, model, lineage }: VersionRecord): Record<string, string> {
  const { code, stage } = lineage ?? {};
  return {
    'reprise.model_md5': source.md5,
    'reprise.path': model.path,
    ...(code ? { 'mlflow.source.git.commit': code.commit } : {}),
    ...(code?.repository ? { 'mlflow.source.git.repoURL': code.repository } : {}),
    ...(stage ? { 'reprise.stage': stage.name } : {}),
  };
}
