/** Mean cross entropy and share of right answers. */
export interface ValidationResult {
  readonly loss: number;
  readonly accuracy: number;
}

/** @param logits [rows, classes] row-major */
export function scoreLogits(logits: Float32Array, labels: Int32Array, classes: number): ValidationResult {
  let loss = 0;
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...scores);
    let sum = 0;
    for (const score of scores) sum += Math.exp(score - largest);
    const label = labels[row] as number;
    loss += largest + Math.log(sum) - (scores[label] as number);
    if (scores.indexOf(largest) === label) right++;
  }
  return { loss: loss / labels.length, accuracy: right / labels.length };
}
