import { relative } from 'node:path';
import { loadBaseConfig, loadDataConfig, type FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { TrainingEvent } from '../../finetuning/index.js';
import { describeSource, flatten, type DatasetInput, type TrackedRun } from '../../tracking/index.js';
import { openTracking, tellEnd, trackingSetting } from './open-tracking.js';

/** How long a training that was asked to end may take to send what it has, in milliseconds; and one that is through. */
const PATIENCE = { interrupted: 8_000, ended: 10 * 60_000 } as const;

export interface TrainingTracker {
  readonly onEvent: (event: TrainingEvent) => void;
  /** Sends what there is. @param add the model and its like, of a training that is through */
  close(
    status: 'finished' | 'interrupted' | 'failed',
    add?: (run: TrackedRun) => Promise<void>,
  ): Promise<void>;
}

/**
 * A training as a run of MLflow's. Its metrics are the training's own history, which each checkpoint holds whole: who goes on
 * elsewhere tells all of it again, and what the run has already is left out.
 *
 * @throws DiagnosticError `bad-tracking-uri`, `bad-config`
 */
export async function trackTraining(
  root: string,
  config: FinetuningConfig & { readonly preset: string },
  log: (line: string) => void,
): Promise<TrainingTracker | undefined> {
  const base = loadBaseConfig(root);
  const setting = await trackingSetting(root, base);
  if (!setting) return undefined;
  // Now: a training lets nothing of another program's output through for as long as its steps take.
  const source = await describeSource(root, 'reprise finetune');
  let opening: Promise<TrackedRun | undefined> | undefined;
  /** What came before the run was open. */
  let waiting: ((run: TrackedRun) => void)[] | undefined = [];
  let run: TrackedRun | undefined;
  const withRun = (tell: (run: TrackedRun) => void): void => {
    if (run) tell(run);
    else waiting?.push(tell);
  };
  const began = (event: Extract<TrainingEvent, { kind: 'began' }>): void => {
    const attempt = Number(process.env['REPRISE_ATTEMPT'] ?? 1);
    withRun((opened) => {
      opened.params({
        ...flatten(config),
        ...params(root, base.name, base.task),
        train_rows: String(event.train.rows),
        validation_rows: String(event.validation.rows),
        ...(event.labels.length > 0 ? { labels: String(event.labels.length) } : {}),
        total_steps: String(event.total),
      });
      opened.inputs([input(root, event.train, 'training'), input(root, event.validation, 'validation')]);
      for (const entry of event.history) logged(opened, entry);
    });
    opening = openTracking(setting, {
      key: event.fingerprint,
      run: event.resumedFrom > 0 || attempt > 1 ? 'unfinished' : 'new',
      name: `${config.model_name.split('/').at(-1)} ${config.method}`,
      source,
      systemMetrics: base.tracking.system_metrics,
      log,
    }).then((opened) => {
      run = opened;
      for (const tell of waiting ?? []) if (opened) tell(opened);
      waiting = undefined;
      return opened;
    });
  };
  return {
    onEvent(event) {
      if (event.kind === 'began') began(event);
      if (event.kind === 'logged') withRun((opened) => logged(opened, event.entry));
    },
    async close(status, add) {
      const opened = await opening;
      if (!opened) return;
      try {
        await add?.(opened);
      } catch (error) {
        log(`tracking: the model is not kept with its run: ${(error as Error).message}`);
      }
      const within = status === 'interrupted' ? PATIENCE.interrupted : PATIENCE.ended;
      tellEnd(await opened.close(STATUS[status], within), log);
    },
  };
}

const STATUS = { finished: 'FINISHED', interrupted: 'KILLED', failed: 'FAILED' } as const;

/** The history's names are the Trainer's: `loss`, `eval_loss`. MLflow's UI groups by what stands before a slash. */
function logged(run: TrackedRun, entry: Readonly<Record<string, number>>): void {
  const { step = 0, ...values } = entry;
  const isValidation = 'eval_loss' in values;
  run.metrics(
    step,
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => !isValidation || name !== 'epoch')
        .map(([name, value]) => [isValidation ? name.replace(/^eval_/, 'val/') : `train/${name}`, value]),
    ),
  );
}

function params(root: string, name: string, task: string): Record<string, string> {
  try {
    return { name, task, ...flatten(loadDataConfig(root), 'data.') };
  } catch (error) {
    // A project may train on rows that it has from elsewhere.
    if (error instanceof DiagnosticError) return { name, task };
    throw error;
  }
}

function input(
  root: string,
  { file, md5, rows }: { readonly file: string; readonly md5: string; readonly rows: number },
  context: string,
): DatasetInput {
  const uri = relative(root, file);
  return { name: uri.split('/').at(-1) ?? uri, digest: md5, uri, rows, context };
}
