import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { PromotionSettings } from '../../workflows/index.js';

/** One model's answers on the test rows. */
export interface Predictions {
  /** As errors name the file. */
  readonly file: string;
  /** By the row's id, in the file's order. */
  readonly rows: ReadonlyMap<string, PredictionRow>;
}

export interface PredictionRow {
  readonly label: string;
  readonly prediction: string;
  /** What else tells one row from another, where the file has it. */
  readonly text: string | undefined;
}

/** `reprise evaluate` writes the answers of two models, the second under this name. */
const PREDICTION_FIELDS = ['prediction', 'finetuned'];

/**
 * Reads JSON lines that have an id, the true label and the predicted one.
 *
 * @param shown how messages name the file
 * @throws DiagnosticError `missing-predictions`, `bad-predictions`
 */
export async function readPredictions(
  path: string,
  shown: string,
  columns: PromotionSettings['columns'],
): Promise<Predictions> {
  const rows = new Map<string, PredictionRow>();
  let line = 0;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  try {
    for await (const text of lines) {
      line++;
      if (text.trim() === '') continue;
      const [id, row] = parseRow(text, columns, shown, line);
      if (rows.has(id))
        throw bad(shown, line, `the id ${id} is there twice`, 'give each test row an id of its own');
      rows.set(id, row);
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new DiagnosticError('missing-predictions', {
      message: `${shown} is not there: the predictions on the test rows are what models are compared by`,
      at: { file: shown },
      fix: 'let the evaluation write it as JSON lines of id, label and prediction, or name it: retrain.predictions in .reprise/config.yaml',
      cause,
    });
  }
  if (rows.size === 0)
    throw bad(shown, line, 'it has no rows', 'let the evaluation write one line for each test row');
  return { file: shown, rows };
}

function parseRow(
  text: string,
  columns: PromotionSettings['columns'],
  shown: string,
  line: number,
): [id: string, row: PredictionRow] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad(shown, line, 'this line is not JSON', 'write one JSON object for each row');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw bad(shown, line, 'this line is not a JSON object', 'write one JSON object for each row');
  const fields = value as Readonly<Record<string, unknown>>;
  const read = (setting: keyof PromotionSettings['columns'], names: readonly string[]): string => {
    const name = names.find((candidate) => fields[candidate] !== undefined && fields[candidate] !== null);
    const found = name === undefined ? undefined : fields[name];
    if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean')
      return String(found);
    throw bad(
      shown,
      line,
      `${names.join(' or ')} is not a text or a number`,
      `write it, or name the field that has it: retrain.columns.${setting} in .reprise/config.yaml`,
    );
  };
  const name = (setting: keyof PromotionSettings['columns'], names: readonly string[]): readonly string[] =>
    columns[setting] === undefined ? names : [columns[setting]];
  const { text: input } = fields;
  return [
    read('id', name('id', ['id'])),
    {
      label: read('label', name('label', ['label'])),
      prediction: read('prediction', name('prediction', PREDICTION_FIELDS)),
      text: typeof input === 'string' ? input : undefined,
    },
  ];
}

function bad(shown: string, line: number, message: string, fix: string): DiagnosticError {
  return new DiagnosticError('bad-predictions', { message, at: { file: shown, line }, fix });
}
