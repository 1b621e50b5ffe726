import { setImmediate } from 'node:timers/promises';
import type { Program } from '../../../compute/index.js';
import {
  GoingRow,
  type Generated,
  type GenerationSettings,
  type Prompt,
  type RowLimits,
} from './going-row.js';
import { padInFront } from './padded-prompts.js';

/** What a batch is generated with. */
export interface GenerationSetting extends RowLimits {
  readonly program: Pick<Program, 'run'>;
  /** Rows of the program, at least as many as prompts. */
  readonly rows: number;
  /** Padded length of the prompts. */
  readonly width: number;
  readonly slots: number;
  readonly vocabulary: number;
  readonly padId: number;
}

/** Goes on from each prompt until the model ends it, or it is as long as it may be. */
export async function generateBatch(
  prompts: readonly Prompt[],
  settings: GenerationSettings,
  setting: GenerationSetting,
): Promise<Generated[]> {
  const { program, rows, width, slots, vocabulary, padId } = setting;
  const { feeds, mask } = padInFront(prompts, setting);
  const going = prompts.map((prompt) => new GoingRow(prompt, settings, setting));
  let logits = program.run(`begin/${width}`, feeds)['logits'] as Float32Array;
  for (let step = 0; ; step++) {
    going.forEach((row, at) => {
      if (row.isGoing) row.add(logits.subarray(at * vocabulary, (at + 1) * vocabulary));
    });
    if (going.every(({ isGoing }) => !isGoing)) break;
    const [ids, positions] = [new Int32Array(rows).fill(padId), new Int32Array(rows)];
    going.forEach((row, at) => {
      // Rows that are done are read on with the rest; nobody looks at what comes of it.
      mask[at * slots + width + step] = 1;
      if (!row.isGoing) return;
      ids[at] = row.last;
      positions[at] = row.position;
    });
    const slot = new Int32Array(rows).fill(width + step);
    const fed = { input_ids: ids, position_ids: positions, attention_mask: mask, slot };
    logits = program.run('step', fed)['logits'] as Float32Array;
    // A step blocks the event loop; here signals get through.
    await setImmediate();
  }
  return going.map(({ generated }) => generated);
}
