import type { Task } from './tasks.js';

/** What the template's README says of its own data: a sentence, and two sections. */
const OF_THE_TEMPLATE = /As laid out, [^]*?(?=\n\n)/;
const HOW_TO_CHANGE = /\n## Your own (?:data|texts|pictures)\n[^]*?(?=\n## |$)/;
const SPLIT = /\n## How the data is split\n[^]*?(?=\n## |$)/;

const FORMS: Readonly<Record<Task, string>> = {
  'text-classification': `A record has a text and a label: \`preprocessing.fields\` in \`configs/data_config.yaml\` names its fields. Files are .csv (with commas or
semicolons), .tsv, .jsonl, .json or .parquet.`,
  'causal-lm': `\`format: prose\` in \`configs/data_config.yaml\` reads the paragraphs of .txt files. \`format: records\` reads .csv, .tsv, .jsonl, .json and .parquet:
\`fields\` names a text, a prompt and its completion, or the messages of a conversation.`,
  'image-classification': `A folder for each label, with .png, .jpg or .webp files in it, at any depth: the label is the name of the folder that a picture lies in.`,
};

/**
 * The README of a project whose data is the user's own.
 *
 * @param dep where it lies, if it is a local file or folder
 */
export function ownReadme(text: string, task: Task, source: string, dep: string | undefined): string {
  const again =
    dep === undefined
      ? ''
      : `\nWhen it changes, \`data_ingestion\` runs again: \`${dep}\` is among the stage's \`deps\` in \`dvc.yaml\`.\n`;
  const split =
    task === 'text-classification'
      ? `\nThe splits have the same shares of each label, drawn by a hash of the seed and the row's id: \`preparation.split\`. The same seed draws the
same rows, and rows that are added later move few others. Rows that say the same (case, spacing and punctuation aside) are dropped beforehand,
so that no test row was seen in training.\n`
      : '';
  return text
    .replace(OF_THE_TEMPLATE, `It learns from \`${source}\`.`)
    .replace(SPLIT, '')
    .replace('`rows.jsonl`, a paragraph each;', '`rows.jsonl`, a text or a conversation each;')
    .replace(
      HOW_TO_CHANGE,
      `\n## The data\n\n\`data_config.ingestion.source\` in \`params.yaml\` says where it comes from: \`${source}\`. ${FORMS[task]}\n${again}${split}`,
    );
}
