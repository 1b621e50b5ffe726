import { join } from 'node:path';
import { fileStoreOf, trackingPlace } from './facts/place.js';
import { trackingTarget, type TrackingTarget } from './target.js';

/** Where a project's runs and models go, and what waits for it on disk. */
export interface TrackingSetting {
  readonly target: TrackingTarget;
  /** `.reprise/tracking`. */
  readonly state: string;
  readonly experiment: string;
  readonly trial?: { readonly sweep: string; readonly label: string };
}

/** What `configs/base_config.yaml` says of it. */
export interface TrackingConfig {
  readonly name: string;
  readonly tracking: {
    readonly enabled: boolean;
    readonly experiment: string | null;
    readonly uri?: string | null | undefined;
  };
}

/**
 * From the project's configuration and the environment.
 *
 * @param openState makes `.reprise` of a folder, and says where it is
 * @returns undefined where it is switched off
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function trackingSettingOf(
  root: string,
  { tracking, name }: TrackingConfig,
  openState: (home: string) => Promise<string>,
): Promise<TrackingSetting | undefined> {
  if (!tracking.enabled) return undefined;
  const { home, trial } = trackingPlace(root);
  return {
    target: trackingTarget(fileStoreOf(home), {
      ...process.env,
      MLFLOW_TRACKING_URI: process.env['MLFLOW_TRACKING_URI'] || (tracking.uri ?? undefined),
    }),
    state: join(await openState(home), 'tracking'),
    experiment: process.env['MLFLOW_EXPERIMENT_NAME'] || (tracking.experiment ?? name),
    ...(trial ? { trial } : {}),
  };
}
