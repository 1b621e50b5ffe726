import { DiagnosticError } from '../../../diagnostics/index.js';
import type { LoraModel } from './settings.js';

/**
 * Token embeddings that are the head of a language model, too, cannot train beside an update: PEFT trains a copy of them for the
 * texts that go in, and leaves the head as it was, with `ensure_weight_tying` as well (0.21, GPT-2). An adapter of its kind would
 * give other logits here than there.
 *
 * @param inFull parameters that are to train in full
 * @param saved modules_to_save
 * @throws DiagnosticError `bad-target-modules`
 */
export function refuseSharedTable(
  { languageHead }: Pick<LoraModel, 'languageHead'>,
  inFull: ReadonlySet<string>,
  saved: readonly string[],
): void {
  if (!languageHead || !inFull.has(languageHead.table)) return;
  throw new DiagnosticError('bad-target-modules', {
    message: `modules_to_save: ${languageHead.table} is the model's head as well, of which PEFT would train a copy, and leave the head as it was`,
    found: saved.join(', '),
    fix: 'leave the token embeddings out of modules_to_save, or train with method: full',
  });
}
