import { parse } from 'yaml';
import type { NoticeEvent } from '../display/index.js';

/** What an evaluation found a model not to be better than; see `finetuning/evaluation/worth.ts`. */
const BESIDE: Readonly<Record<string, string>> = {
  than_majority: 'always giving the most frequent label',
  than_mean: 'always saying the mean',
  than_base: 'the model that it began from',
};

/**
 * The figures of a model that learned nothing look like those of any other: a run that ends well must not hide it.
 *
 * @param text of a metrics file that `reprise evaluate` may have written
 */
export function worthNotice(path: string, text: string): NoticeEvent | undefined {
  const better = betterOf(text);
  const beside = Object.entries(BESIDE).flatMap(([key, name]) => (better[key] === false ? [name] : []));
  if (beside.length === 0) return undefined;
  return {
    event: 'notice',
    code: 'no-better',
    message: `the finetuned model is not shown to be better than ${beside.join(', nor than ')} (${path}: better)`,
    fix: 'the report says more; look at the training loss, finetuning.learning_rate and num_epochs, and at preprocessing.fields',
  };
}

function betterOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const { better } = parse(text) as { readonly better?: unknown };
    return typeof better === 'object' && better !== null ? (better as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
