import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readPicture } from '../../images/picture.js';
import { pixelBatch } from '../../images/pixel-batch.js';
import { PREPROCESSOR_FILE, readPreprocessing } from '../../images/preprocessing.js';
import { centered } from '../../images/resize.js';
import { sideBySide } from '../../images/side-by-side.js';
import { logitsSignature } from '../../models/inference-program.js';
import { bucketFor } from '../../text/length-buckets.js';
import type { EngineSizes, ModelSource } from '../types.js';
import type { Refusal } from './messages.js';
import type { OpenClassifiers } from './opened.js';
import type { Group } from './read-group.js';
import { refusalOf } from './refusal.js';
import { rowLadder } from './row-ladder.js';
import { sharedProgram } from './shared-program.js';

/** Pictures of the largest graph that is prepared before it is needed. */
const WARM_ROWS = 4;

/** Of a picture that somebody sends: few bytes may stand for many pixels, each of which takes three in memory. */
const MOST_PIXELS = 50_000_000;

/** Classifiers of pictures over one base: a graph for each number of rows. */
export function openImageClassifiers(group: Group, { maxBatch }: EngineSizes): OpenClassifiers {
  const ladder = rowLadder(maxBatch, 2);
  const preprocessings = group.members.map(({ source }) => readPreprocessing(preprocessorDir(source), null));
  const sideOf = (member: number): number => preprocessings[member]?.preprocessing.side ?? 0;
  const program = sharedProgram(group, (member) => {
    const side = sideOf(group.members.indexOf(member));
    const graphs = ladder.map((rows) => [
      `${rows}`,
      logitsSignature(member.network, member.method, rows, side),
    ]);
    const [first, ...later] = ladder.filter((rows) => rows <= WARM_ROWS).map(String);
    return { signatures: Object.fromEntries(graphs), first: [first as string], later };
  });

  return {
    maxWidth: sideOf(0),
    async classify(member, inputs) {
      const { preprocessing } = preprocessings[member] as (typeof preprocessings)[number];
      const labels = (group.members[member] as Group['members'][number]).network.classes;
      const results: (Float32Array | Refusal)[] = [];
      for (let at = 0; at < inputs.length; at += maxBatch) {
        const batch = inputs.slice(at, at + maxBatch);
        const read = await sideBySide(batch, async (input) => {
          if (!('image' in input)) throw new TypeError('a classifier of pictures was given a text');
          const path = 'the picture';
          return readPicture({ path, at: { file: 'request' }, bytes: input.image, mostPixels: MOST_PIXELS })
            .then((picture) => centered(picture, preprocessing))
            .catch(refusalOf);
        });
        const pictures = read.filter((one) => 'pixels' in one);
        const rows = bucketFor(Math.max(1, pictures.length), ladder);
        const feeds = { pixel_values: pixelBatch(pictures, rows, preprocessing) };
        const all = program.run(`${member}/${rows}`, feeds)['logits'] as Float32Array;
        let row = 0;
        for (const one of read) {
          const from = row * labels;
          if ('pixels' in one) row++;
          results.push('pixels' in one ? all.slice(from, from + labels) : one);
        }
      }
      return results;
    },
    warmUp: () => program.warmUp(),
    dispose: () => program.dispose(),
  };
}

/** A finetuned model knows the pictures' size that it was trained with. */
function preprocessorDir({ adapterDir, baseModelDir }: ModelSource): string {
  const own = adapterDir !== undefined && existsSync(join(adapterDir, PREPROCESSOR_FILE));
  return own ? adapterDir : baseModelDir;
}
