import type { EvaluationConfig } from '../../../configs/index.js';
import { barChart } from '../report/bar-chart.js';
import { comparedSection } from '../report/compared-section.js';
import { count, escape, figure, percent } from '../report/html.js';
import { lineChart } from '../report/line-chart.js';
import { ownMetricsTable } from '../report/own-metrics.js';
import { card, renderPage, type Section } from '../report/page.js';
import { sliceSection } from '../report/slice-sections.js';
import { table } from '../report/table.js';
import { isExact, type CompletionFigures } from '../texts/completion-figures.js';
import { bitsHistogram } from './bits-histogram.js';
import type { JudgedLanguage, LanguageComparison } from './language-comparison.js';
import { bitsPerByte } from './language-figures.js';
import { shownText } from './language-set.js';
import type { LanguageSlice } from './language-slices.js';

/** Characters of a text that a table shows. */
const SHOWN = 600;

/** What language models are worth, as a page. */
export function renderLanguageReport(
  comparison: LanguageComparison,
  slices: readonly LanguageSlice[],
  config: EvaluationConfig,
): string {
  const { name, rows, base, production, finetuned, compared, notCompared } = comparison;
  const tokens = finetuned.scores.reduce((sum, score) => sum + score.tokens, 0);
  const cut = finetuned.scores.filter((score) => score.cut).length;
  const lead =
    `${count(rows.length)} held-out test rows, of which ${count(tokens)} tokens were to be said.` +
    (cut > 0 ? ` Longer than the model can read, and without their end: ${count(cut)}.` : '');
  const cardOf = (title: string, hue: string, { figures, description }: JudgedLanguage): string =>
    card({ name: title, hue, figure: figures.perplexity.toFixed(2), unit: 'perplexity', description });
  return renderPage({
    name,
    lead,
    doubts: comparison.worth.doubts,
    cards: [
      cardOf('Finetuned', 'finetuned', finetuned),
      ...(production ? [cardOf('In production', 'production', production)] : []),
      cardOf('Base', 'base', base),
    ],
    sections: [
      overall(comparison),
      comparedSection(compared, config.intervals, notCompared),
      ...completions(comparison),
      ...sliceSection(slices, 'Bits per byte of some of the rows; less is better.'),
      ...others(comparison),
      worst(comparison, config.worst_errors),
    ],
  });
}

const th = (text: string): string => `<th scope="row">${escape(text)}</th>`;
const n = (text: string): string => `<td class="n">${text}</td>`;

function overall(comparison: LanguageComparison): Section {
  const { base, production, finetuned } = comparison;
  const row = (title: string, { figures }: JudgedLanguage): string =>
    `<tr>${th(title)}${n(figures.perplexity.toFixed(3))}${n(figure(figures.loss))}${n(figure(figures.bits_per_byte))}${n(percent(figures.token_accuracy))}</tr>`;
  const bins = bitsHistogram(comparison);
  const points = (of: 'base' | 'finetuned') => bins.map((bin) => ({ x: bin.bits_per_byte, y: bin[of] }));
  const chart = lineChart({
    title:
      'How many test rows take how many bits per byte, of the finetuned model and the base; further left is better.',
    x: 'bits per byte',
    y: 'rows',
    series: [
      { name: 'Finetuned', hue: 'finetuned', points: points('finetuned') },
      { name: 'Base', hue: 'base', points: points('base') },
    ],
  });
  return {
    id: 'overall',
    title: 'How well the texts are known',
    content:
      table({
        caption:
          'Less is better, but for the share of tokens that the model held likeliest. Bits per byte can be compared between tokenizers.',
        head: ['Model', 'Perplexity', 'Loss (nats)', 'Bits per byte', 'Tokens right'],
        body: [
          row('Finetuned', finetuned),
          ...(production ? [row('In production', production)] : []),
          row('Base', base),
        ],
      }) +
      ownMetricsTable(comparison) +
      `\n<figure>${chart}</figure>`,
  };
}

const SHARES = [
  ['exact_match', 'Exact match'],
  ['rouge_1', 'ROUGE-1'],
  ['rouge_2', 'ROUGE-2'],
  ['rouge_l', 'ROUGE-L'],
] as const;

function completions({ rows, asked, questions, base, production, finetuned }: LanguageComparison): Section[] {
  const [before, after] = [base.completions, finetuned.completions];
  if (!before || !after) return [];
  const values = (of: CompletionFigures): number[] => [
    ...SHARES.map(([key]) => of[key]),
    of.bleu / 100,
    of.chrf / 100,
  ];
  const row = (title: string, of: CompletionFigures): string =>
    `<tr>${th(title)}${SHARES.map(([key]) => n(figure(of[key]))).join('')}${n(of.bleu.toFixed(2))}${n(of.chrf.toFixed(2))}</tr>`;
  const chart = barChart(
    'Exact match, ROUGE, BLEU and chrF of what the finetuned model and the base go on with; the table below has the figures.',
    [...SHARES.map(([, title]) => title), 'BLEU / 100', 'chrF / 100'],
    [
      { name: 'Finetuned', hue: 'finetuned', values: values(after) },
      { name: 'Base', hue: 'base', values: values(before) },
    ],
  );
  const wrong = asked
    .map((number, at) => ({ number, at }))
    .filter(
      ({ number, at }) => !isExact(rows[number]?.question?.reference ?? '', finetuned.answers[at] as string),
    );
  const shown = wrong.slice(0, 20).map(({ number, at }) => {
    const { question } = rows[number] as LanguageComparison['rows'][number];
    const { prompt, reference } = question as NonNullable<typeof question>;
    const asked =
      'messages' in prompt
        ? prompt.messages.map(({ content }) => content).join('\n')
        : Object.values(prompt)[0];
    return `<tr><td class="text">${text(asked as string)}</td><td>${text(reference)}</td><td>${text(finetuned.answers[at] as string)}</td><td>${text(base.answers[at] as string)}</td></tr>`;
  });
  return [
    {
      id: 'completions',
      title: 'What the models go on with',
      content:
        `<p class="note">${count(asked.length)} of the ${count(questions)} rows with a completion were gone on from, greedily.</p>` +
        `\n<figure>${chart}</figure>\n` +
        table({
          caption:
            'How like the completions of the rows it is. ROUGE as rouge-score’s F-measures, BLEU and chrF (0–100) as sacrebleu’s.',
          head: ['Model', ...SHARES.map(([, title]) => title), 'BLEU', 'chrF'],
          body: [
            row('Finetuned', after),
            ...(production?.completions ? [row('In production', production.completions)] : []),
            row('Base', before),
          ],
        }) +
        (shown.length === 0
          ? ''
          : `\n${table({
              caption: 'The first that are not as they should be.',
              head: ['Asked', 'Right', 'Finetuned', 'Base'],
              numeric: [],
              body: shown,
            })}`),
    },
  ];
}

function others({ sets, base, finetuned }: LanguageComparison): Section[] {
  if (Object.keys(sets).length === 0) return [];
  const body = Object.entries(sets).map(([set, rows]) => {
    const [before, after] = [base.sets[set], finetuned.sets[set]].map(
      (of) => of?.bits_per_byte ?? Number.NaN,
    ) as [number, number];
    const said = after > before ? 'knows it less well than the base' : 'has not forgotten it';
    return `<tr>${th(set)}${n(count(rows))}${n(figure(after))}${n(figure(before))}<td>${said}</td></tr>`;
  });
  return [
    {
      id: 'sets',
      title: 'Other test sets',
      content: table({
        caption: 'Bits per byte on texts that the training was not about; less is better.',
        head: ['Set', 'Rows', 'Finetuned', 'Base', 'The finetuned model'],
        numeric: [1, 2, 3],
        body,
      }),
    },
  ];
}

function worst({ rows, base, finetuned }: LanguageComparison, most: number): Section {
  const bits = (of: JudgedLanguage, row: number): number =>
    bitsPerByte(of.scores[row] as JudgedLanguage['scores'][number]);
  const order = [...rows.keys()]
    .filter((row) => !Number.isNaN(bits(finetuned, row)))
    .sort((a, b) => bits(finetuned, b) - bits(finetuned, a) || a - b)
    .slice(0, most);
  return {
    id: 'errors',
    title: 'Rows that surprise most',
    content:
      order.length === 0
        ? '<p class="note">There are none to show.</p>'
        : table({
            caption: 'What the finetuned model knows least well.',
            head: ['Text', 'Bits per byte', 'Of base'],
            body: order.map(
              (row) =>
                `<tr><td class="text">${text(shownText(rows[row] as LanguageComparison['rows'][number]))}</td>${n(figure(bits(finetuned, row)))}${n(figure(bits(base, row)))}</tr>`,
            ),
          }),
  };
}

function text(of: string): string {
  return escape(of.length > SHOWN ? `${of.slice(0, SHOWN)} …` : of);
}
