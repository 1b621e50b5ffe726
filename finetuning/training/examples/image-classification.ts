import type { FinetuningConfig } from '../../../configs/index.js';
import { augmented } from '../../images/augment.js';
import { readPicture, type Picture, type PictureFile } from '../../images/picture.js';
import { pixelBatch } from '../../images/pixel-batch.js';
import { readPreprocessing } from '../../images/preprocessing.js';
import { centered } from '../../images/resize.js';
import { sideBySide } from '../../images/side-by-side.js';
import type { Dataset } from './dataset.js';
import type { Examples, PassCounter } from './examples.js';
import { readLabelledPictures, type LabelledPictures } from './labelled-pictures.js';
import { labelIndices, labelSet } from './labelled-texts.js';

/** Rows of a picture and a label. Pictures are decoded when their batch is due, and not kept. */
export async function imageClassification(
  trainFile: string,
  valFile: string,
  { image_size, augmentation }: Pick<FinetuningConfig, 'image_size' | 'augmentation'>,
): Promise<Dataset> {
  const train = await readLabelledPictures(trainFile);
  const validation = await readLabelledPictures(valFile);
  const labels = labelSet(train);
  return {
    labels,
    train,
    validation,
    encode(_network, modelDir) {
      const { preprocessing } = readPreprocessing(modelDir, image_size);
      const { side } = preprocessing;
      const seen = (picture: Picture, row: number, counter?: PassCounter): Promise<Picture> =>
        counter
          ? augmented(picture, preprocessing, augmentation, { ...counter, row })
          : centered(picture, preprocessing);
      const encode = (rows: LabelledPictures): Examples => {
        const classes = labelIndices(rows, labels);
        return {
          count: rows.count,
          // All pictures are of one size: none is longer than another.
          length: () => 1,
          labelsIn: () => 1,
          widthOf: () => side,
          async batch(indices, batchRows, counter) {
            const pictures = await sideBySide([...indices], async (row) => {
              const file = rows.pictures[row] as PictureFile;
              return seen(await readPicture(file), row, counter);
            });
            const given = new Int32Array(batchRows);
            indices.forEach((row, at) => (given[at] = classes[row] as number));
            return {
              width: side,
              inputs: { pixel_values: pixelBatch(pictures, batchRows, preprocessing) },
              labels: given,
              counted: new Float32Array(batchRows).fill(1, 0, indices.length),
            };
          },
        };
      };
      return { train: encode(train), validation: encode(validation) };
    },
  };
}
