import { readFileSync } from 'node:fs';
import { completionFigures } from '../../../../finetuning/evaluation/texts/completion-figures.js';
import { rouge } from '../../../../finetuning/evaluation/texts/rouge.js';

interface Case {
  readonly name: string;
  readonly references: string[];
  readonly predictions: string[];
  readonly rouge: [number, number, number][];
  readonly bleu: number;
  readonly chrf: number;
}

const fixture = new URL('../fixtures/texts.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Case[];

describe('figures of texts equal those of rouge-score and sacrebleu', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, expected) => {
    const { references, predictions } = expected;
    references.forEach((reference, at) => {
      const { rouge_1, rouge_2, rouge_l } = rouge(reference, predictions[at] as string);
      [rouge_1, rouge_2, rouge_l].forEach((value, kind) =>
        expect(value).toBeCloseTo(expected.rouge[at]?.[kind] as number, 12),
      );
    });
    const { bleu, chrf, rouge_l } = completionFigures(references, predictions);
    expect(bleu).toBeCloseTo(expected.bleu, 9);
    expect(chrf).toBeCloseTo(expected.chrf, 9);
    const mean = expected.rouge.reduce((sum, [, , longest]) => sum + longest, 0) / references.length;
    expect(rouge_l).toBeCloseTo(mean, 12);
  });

  it('counts what is exact, but for spaces around it', () => {
    const { exact_match } = completionFigures([' cat', 'dog', 'Fox'], ['cat\n', 'dog', 'fox']);
    expect(exact_match).toBeCloseTo(2 / 3, 12);
  });
});
