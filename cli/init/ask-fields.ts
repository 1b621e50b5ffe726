import type { FirstRecords } from '../../finetuning/index.js';
import type { Ask } from './ask.js';
import type { ChosenFields } from './fields.js';
import { columnsLike, separatorIn } from './guess-fields.js';

/** What a person is asked for each role. */
const QUESTIONS: Readonly<Record<string, string>> = {
  text: 'Which column is the text?',
  label: 'Which is what is to be said of it?',
  labels: 'Which has the labels of it, any number?',
  language: 'Which column has the texts, the prompts or the conversations?',
  completion: 'Which has what follows a prompt? (Nothing, if these are whole texts.)',
};

/** Asks which columns are which, with what seems likely as the answer to leave as it is. */
export async function askForFields(
  ask: Ask,
  { columns, records }: FirstRecords,
  { fields, notAmong }: ChosenFields,
): Promise<ChosenFields> {
  const sample = { columns, records };
  process.stderr.write(
    `The columns of the data are:\n${columns.map((name, at) => `  ${at + 1}  ${name}${example(records[0]?.[name])}\n`).join('')}`,
  );
  const likely = (role: string): string | undefined => {
    const column = fields[role];
    return column !== undefined && columns.includes(column) ? column : undefined;
  };
  const isLabelled = 'label' in fields || 'labels' in fields;
  if (isLabelled) {
    const role = 'labels' in fields ? 'labels' : 'label';
    const text = await askColumn(ask, QUESTIONS['text'] as string, columns, likely('text'));
    const label = await askColumn(ask, QUESTIONS[role] as string, columns, likely(role));
    const separator = role === 'labels' ? separatorIn(sample, label as string) : undefined;
    return {
      fields: { text: text as string, [role]: label as string },
      ...(separator === undefined ? {} : { separator }),
    };
  }
  const guess = notAmong ? undefined : Object.values(fields)[0];
  const first = (await askColumn(ask, QUESTIONS['language'] as string, columns, guess)) as string;
  if (columnsLike(sample, 'messages').includes(first)) return { fields: { messages: first } };
  const completion = await askColumn(ask, QUESTIONS['completion'] as string, columns, undefined, true);
  return { fields: completion === undefined ? { text: first } : { prompt: first, completion } };
}

/** A number, or a name; nothing for what is likely. */
async function askColumn(
  ask: Ask,
  question: string,
  columns: readonly string[],
  likely: string | undefined,
  mayBeNone = false,
): Promise<string | undefined> {
  process.stderr.write(`${question}\n`);
  for (;;) {
    const answer = await ask(`1–${columns.length}${likely === undefined ? '' : ` [${likely}]`}: `);
    if (answer === '' && (likely !== undefined || mayBeNone)) return likely;
    const chosen = columns.find((name) => name === answer) ?? columns[Number(answer) - 1];
    if (chosen !== undefined) return chosen;
  }
}

function example(value: unknown): string {
  if (value === undefined || value === null) return '';
  // Of parquet, whole numbers of 64 bits: JSON has none of them.
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | bigint);
  const line = text.replace(/\s+/g, ' ');
  return `: ${line.length > 60 ? `${line.slice(0, 60)}…` : line}`;
}
