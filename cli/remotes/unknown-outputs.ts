import type { SelectedOutput } from '../../dvc/index.js';
import type { ProgressReporter } from '../progress/index.js';

/** Outs that were never made cannot cross; that is worth a line, and no failure. */
export function tellUnknown(unknown: readonly SelectedOutput[], reporter: ProgressReporter): void {
  for (const { stage, out } of unknown)
    reporter.log(`${out.path} of ${stage.address} has no hash in dvc.lock yet: run it with reprise repro`);
}
