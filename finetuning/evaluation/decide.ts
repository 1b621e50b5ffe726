import { DiagnosticError } from '../../diagnostics/index.js';

export interface Decisions {
  /** The label number with the largest logit; the first of several. [rows] */
  readonly predicted: Uint32Array;
  /** Softmax probability of that label. [rows] */
  readonly confidence: Float64Array;
}

/** @returns softmax of each row. [rows, labels] */
export function probabilitiesOf(logits: Float32Array, labels: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let from = 0; from < logits.length; from += labels) {
    const row = logits.subarray(from, from + labels);
    const top = row.reduce((most, logit) => Math.max(most, logit), -Infinity);
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - top);
    row.forEach((logit, label) => (probabilities[from + label] = Math.exp(logit - top) / sum));
  }
  return probabilities;
}

/**
 * @param logits [rows, labels]
 * @param model named in the error
 * @throws DiagnosticError `not-finite`
 */
export function decide(logits: Float32Array, labels: number, model: string): Decisions {
  const rows = logits.length / labels;
  const predicted = new Uint32Array(rows);
  const confidence = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * labels;
    let best = 0;
    for (let label = 0; label < labels; label++) {
      const logit = logits[from + label] as number;
      if (!Number.isFinite(logit)) throw notFinite(model, row, logit);
      if (logit > (logits[from + best] as number)) best = label;
    }
    const top = logits[from + best] as number;
    let sum = 0;
    for (let label = 0; label < labels; label++) sum += Math.exp((logits[from + label] as number) - top);
    predicted[row] = best;
    confidence[row] = 1 / sum;
  }
  return { predicted, confidence };
}

function notFinite(model: string, row: number, logit: number): DiagnosticError {
  return new DiagnosticError('not-finite', {
    message: `the ${model} model answers with ${logit}, at test row ${row + 1}`,
    expected: 'finite logits',
    found: String(logit),
    fix: 'train it again with a lower learning rate; its weights are damaged',
  });
}
