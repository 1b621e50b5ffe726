import type { Prompt } from './going-row.js';

export interface PaddedPrompts {
  /** What reads them: [rows, width] each. */
  readonly feeds: {
    readonly input_ids: Int32Array;
    readonly attention_mask: Float32Array;
    readonly position_ids: Int32Array;
  };
  /** What may be seen of them afterwards [rows, slots]. */
  readonly mask: Float32Array;
}

/** The padding is in front, so that the last token of every row has the same slot. */
export function padInFront(
  prompts: readonly Pick<Prompt, 'ids'>[],
  {
    rows,
    width,
    slots,
    padId,
  }: { readonly rows: number; readonly width: number; readonly slots: number; readonly padId: number },
): PaddedPrompts {
  const inputIds = new Int32Array(rows * width).fill(padId);
  const positions = new Int32Array(rows * width);
  const seen = new Float32Array(rows * width);
  const mask = new Float32Array(rows * slots);
  prompts.forEach(({ ids }, row) => {
    const start = width - ids.length;
    inputIds.set(ids, row * width + start);
    seen.fill(1, row * width + start, (row + 1) * width);
    mask.fill(1, row * slots + start, row * slots + width);
    for (let at = 0; at < ids.length; at++) positions[row * width + start + at] = at;
  });
  return { feeds: { input_ids: inputIds, attention_mask: seen, position_ids: positions }, mask };
}
