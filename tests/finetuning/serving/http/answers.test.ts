import { classification } from '../../../../finetuning/serving/http/answers.js';
import type { ServedModel } from '../../../../finetuning/serving/index.js';

const model = (problem: ServedModel['problem'], labels = ['a', 'b', 'c']): ServedModel => ({
  ...{ name: 'm', version: 'v1', task: 'text-classification', problem, labels, maxWidth: 16 },
});

describe('the answer of a classifier', () => {
  it('has one label, with the softmax of all', () => {
    const rows = [Float32Array.of(Math.log(1), Math.log(6), Math.log(3))];
    expect(classification(model('single_label_classification'), rows, 2)).toEqual({
      model: 'm',
      version: 'v1',
      predictions: [
        {
          label: 'b',
          score: 0.6,
          scores: [
            { label: 'b', score: 0.6 },
            { label: 'c', score: 0.3 },
          ],
        },
      ],
    });
  });

  it('has each label that is likelier than not', () => {
    const rows = [Float32Array.of(Math.log(3), -Math.log(3), 0), Float32Array.of(-1, -1, -1)];
    const { predictions } = classification(model('multi_label_classification'), rows);
    expect(predictions[0]).toEqual({
      labels: ['a'],
      scores: [
        { label: 'a', score: 0.75 },
        { label: 'c', score: 0.5 },
        { label: 'b', score: 0.25 },
      ],
    });
    expect(predictions[1]).toMatchObject({ labels: [] });
  });

  it('is a number', () => {
    const { predictions } = classification(model('regression', ['score']), [Float32Array.of(-2.5)]);
    expect(predictions).toEqual([{ value: -2.5 }]);
  });

  it('is several numbers by their names', () => {
    const { predictions } = classification(model('regression', ['valence', 'arousal']), [
      Float32Array.of(0.25, -3),
    ]);
    expect(predictions).toEqual([{ values: { valence: 0.25, arousal: -3 } }]);
  });
});
