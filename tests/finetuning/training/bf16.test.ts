import { trainTiny, type Trained } from './train-tiny.js';

const lossesOf = ({ events }: Trained): number[] =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));

describe('products in bfloat16', () => {
  const config = { max_steps: 9, eval_steps: 4, save_steps: 3 };

  it('train nearly as in float32, and end in the same bytes when taken up again', async () => {
    const plain = await trainTiny(config);
    const narrow = await trainTiny({ ...config, bf16: true });
    const [expected, losses] = [lossesOf(plain), lossesOf(narrow)];
    expect(losses).not.toEqual(expected);
    // Eight bits of mantissa: a relative error of 2⁻⁹ in each factor, averaged over sums.
    losses.forEach((loss, step) =>
      expect(Math.abs(loss / (expected[step] as number) - 1)).toBeLessThan(0.01),
    );
    expect((await trainTiny({ ...config, bf16: true }, 5)).files).toEqual(narrow.files);
  });
});
