import { setImmediate } from 'node:timers/promises';
import type { Program } from '../../../compute/index.js';
import { RandomStream } from '../../random/stream.js';
import { chooseToken, type SamplingSettings } from './choose-token.js';

export interface Prompt {
  /** Its number among all prompts: what is drawn for it does not depend on the batch it is in. */
  readonly index: number;
  readonly ids: readonly number[];
  /** Says whether what was generated is complete, where the model's own end is not all that ends it. */
  readonly isComplete?: (generated: readonly number[]) => boolean;
  /** In place of those of the whole batch. */
  readonly settings?: GenerationSettings;
  /** Its end, while others of the batch may go on. */
  readonly onEnd?: (generated: Generated) => void;
}

export interface Generated {
  /** Without the prompt, and without the token that ended it. */
  readonly ids: readonly number[];
  /** `stop`: the model ended it. `length`: it had as many tokens as were asked for, or as the model can read. */
  readonly finish: 'stop' | 'length';
}

export interface GenerationSettings extends SamplingSettings {
  readonly maxNewTokens: number;
  readonly seed: number;
}

/** What a batch is generated with. */
export interface GenerationSetting {
  readonly program: Pick<Program, 'run'>;
  /** Rows of the program, at least as many as prompts. */
  readonly rows: number;
  /** Padded length of the prompts. */
  readonly width: number;
  readonly slots: number;
  readonly vocabulary: number;
  /** Tokens that the model can read. */
  readonly maxWidth: number;
  readonly endId: number | undefined;
  readonly padId: number;
}

interface Row {
  readonly length: number;
  readonly ids: number[];
  finish: Generated['finish'] | undefined;
}

/** Goes on from each prompt until the model ends it, or it is as long as it may be. */
export async function generateBatch(
  prompts: readonly Prompt[],
  settings: GenerationSettings,
  setting: GenerationSetting,
): Promise<Generated[]> {
  const { program, rows, width, slots, vocabulary, maxWidth, endId, padId } = setting;
  const { input, mask } = paddedInFront(prompts, setting);
  const going = prompts.map(({ ids }): Row => ({ length: ids.length, ids: [], finish: undefined }));
  let logits = program.run(`begin/${width}`, input)['logits'] as Float32Array;
  for (let step = 0; ; step++) {
    going.forEach((row, at) => {
      if (row.finish !== undefined) return;
      const { index, isComplete, settings: own = settings, onEnd } = prompts[at] as Prompt;
      const uniform = own.temperature === 0 ? 0 : drawn(own.seed, index, step);
      const token = chooseToken(logits.subarray(at * vocabulary, (at + 1) * vocabulary), own, uniform);
      if (token === endId) row.finish = 'stop';
      else row.ids.push(token);
      if (isComplete?.(row.ids)) row.finish = 'stop';
      const full = row.ids.length === own.maxNewTokens || row.length + row.ids.length === maxWidth;
      if (full) row.finish ??= 'length';
      if (row.finish !== undefined) onEnd?.({ ids: row.ids, finish: row.finish });
    });
    if (going.every(({ finish }) => finish !== undefined)) break;
    const [ids, positions] = [new Int32Array(rows).fill(padId), new Int32Array(rows)];
    going.forEach((row, at) => {
      // Rows that are done are read on with the rest; nobody looks at what comes of it.
      mask[at * slots + width + step] = 1;
      if (row.finish !== undefined) return;
      ids[at] = row.ids.at(-1) as number;
      positions[at] = row.length + row.ids.length - 1;
    });
    const slot = Int32Array.of(width + step);
    const fed = { input_ids: ids, position_ids: positions, attention_mask: mask, slot };
    logits = program.run('step', fed)['logits'] as Float32Array;
    // A step blocks the event loop; here signals get through.
    await setImmediate();
  }
  return going.map(({ ids, finish }) => ({ ids, finish: finish as Generated['finish'] }));
}

/** The padding is in front, so that the next token of every row has the same slot. */
function paddedInFront(prompts: readonly Prompt[], { rows, width, slots, padId }: GenerationSetting) {
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
  return { input: { input_ids: inputIds, attention_mask: seen, position_ids: positions }, mask };
}

/** A number for each place of each prompt. */
function drawn(seed: number, prompt: number, step: number): number {
  return new RandomStream(seed, `generate/${prompt}/${step}`).uniform();
}
