/** A figure as the hub's `model-index` has it. */
export interface CardFigure {
  /** The hub's name of the metric. */
  readonly type: string;
  readonly name: string;
  readonly value: number;
}

/** What the hub calls the figures that `reprise evaluate` and others write. */
const TYPES: readonly (readonly [RegExp, string])[] = [
  [/(^|_)accuracy$/, 'accuracy'],
  [/(^|_)f1$/, 'f1'],
  [/(^|_)precision$/, 'precision'],
  [/(^|_)recall$/, 'recall'],
  [/^roc_auc$/, 'roc_auc'],
  [/^mcc$|^matthews_correlation$/, 'matthews_correlation'],
  [/^perplexity$/, 'perplexity'],
  [/^rouge/, 'rouge'],
  [/^bleu$/, 'bleu'],
  [/^chrf/, 'chrf'],
  [/^exact_match$/, 'exact_match'],
  [/^mse$|^mean_squared_error$/, 'mse'],
  [/^mae$|^mean_absolute_error$/, 'mae'],
];

/**
 * The figures of the model itself. Of a comparison those of `finetuned`; otherwise all.
 *
 * @param metrics dotted key → figure, as a lineage has them
 */
export function cardFigures(metrics: Readonly<Record<string, number>>): CardFigure[] {
  const entries = Object.entries(metrics).map(([key, value]) => [key.replace(/^.*:/, ''), value] as const);
  const own = entries.filter(([key]) => key.startsWith('finetuned.'));
  return (own.length > 0 ? own : entries).map(([key, value]) => {
    const name = key.replace(/^finetuned\./, '');
    const last = name.split('.').at(-1) ?? name;
    return { type: TYPES.find(([pattern]) => pattern.test(last))?.[1] ?? last, name, value };
  });
}
