import { bleu } from './bleu.js';
import { chrf } from './chrf.js';
import { rouge, type Rouge } from './rouge.js';

/** How like the references a model's texts are. */
export interface CompletionFigures extends Rouge {
  /** Share of texts that are the reference, but for spaces around them. */
  readonly exact_match: number;
  /** 0–100, as is `chrf`; the others are shares. */
  readonly bleu: number;
  readonly chrf: number;
}

/** Of many texts: ROUGE is the mean over them, BLEU and chrF are counted over all together. */
export function completionFigures(
  references: readonly string[],
  predictions: readonly string[],
): CompletionFigures {
  const count = references.length;
  const each = references.map((reference, at) => rouge(reference, predictions[at] as string));
  const mean = (name: keyof Rouge): number => each.reduce((sum, of) => sum + of[name], 0) / count;
  const same = references.filter((reference, at) => isExact(reference, predictions[at] as string)).length;
  return {
    exact_match: same / count,
    rouge_1: mean('rouge_1'),
    rouge_2: mean('rouge_2'),
    rouge_l: mean('rouge_l'),
    bleu: bleu(references, predictions),
    chrf: chrf(references, predictions),
  };
}

export function isExact(reference: string, prediction: string): boolean {
  return reference.trim() === prediction.trim();
}
