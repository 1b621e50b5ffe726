import type { BaseConfig } from '../../configs/index.js';
import { openState, redactor } from '../../runner/index.js';
import {
  TrackedRun,
  trackingSettingOf,
  type TrackedRunOptions,
  type TrackingEnd,
  type TrackingSetting,
} from '../../tracking/index.js';

/**
 * From the project's configuration and the environment; before anything is computed, for who has made a mistake in them.
 *
 * @returns undefined where it is switched off
 * @throws DiagnosticError `bad-tracking-uri`
 */
export async function trackingSetting(root: string, base: BaseConfig): Promise<TrackingSetting | undefined> {
  return await trackingSettingOf(root, base, openState);
}

/** @param run how it is found again; see `JournalHead.run` */
export async function openTracking(
  { target, state, experiment, trial }: TrackingSetting,
  options: {
    readonly key: string;
    readonly keyTag?: string;
    readonly run: TrackedRunOptions['head']['run'];
    readonly name: string;
    /** See `describeSource`. */
    readonly source: Readonly<Record<string, string>>;
    readonly systemMetrics: boolean;
    readonly log: (line: string) => void;
  },
): Promise<TrackedRun | undefined> {
  return await TrackedRun.open({
    state,
    target,
    head: {
      experiment,
      key: options.key,
      ...(options.keyTag === undefined ? {} : { keyTag: options.keyTag }),
      run: options.run,
      name: trial ? `${trial.sweep}/${trial.label}` : options.name,
      tags: {
        ...options.source,
        ...(trial ? { 'reprise.sweep': trial.sweep, 'reprise.trial': trial.label } : {}),
      },
      ...(trial ? { parent: { tag: ['reprise.sweep', trial.sweep], name: trial.sweep } as const } : {}),
    },
    systemMetrics: options.systemMetrics,
    redact: redactor(process.env),
    onNotice: options.log,
  });
}

/** What a person should know of its end; nothing when all is well. */
export function tellEnd({ unsent, problem }: TrackingEnd, log: (line: string) => void): void {
  if (unsent === 0) return;
  const what = unsent === 1 ? 'one run is' : `${unsent} runs are`;
  const why = problem === undefined ? '' : `: ${problem}`;
  log(`tracking: ${what} not sent yet${why}. The next training sends it, or \`reprise tracking send\``);
}
