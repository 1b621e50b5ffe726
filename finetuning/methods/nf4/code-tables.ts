const f32 = Math.fround;

/**
 * What the 16 codes of four-bit NormalFloat stand for: quantiles of the normal distribution, scaled to ±1
 * (QLoRA, Dettmers et al. 2023). The digits are bitsandbytes'.
 */
export const NF4_VALUES: Float32Array = Float32Array.of(
  -1,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1,
);

/**
 * What the 256 codes of the signed dynamic type stand for ("8-bit Approximations for Parallelism in Deep Learning",
 * Dettmers 2016): seven decades, each with twice as many values as the one below it, and 0 and 1; in ascending order.
 */
export const DYNAMIC_VALUES: Float32Array = dynamicValues();

function dynamicValues(): Float32Array {
  const values = [0, 1];
  for (let decade = 0; decade < 7; decade++) {
    const scale = f32(10 ** (decade - 6));
    const boundaries = linspace(0.1, 1, 2 ** decade + 1);
    for (let index = 0; index < 2 ** decade; index++) {
      const mean = f32(f32((boundaries[index] as number) + (boundaries[index + 1] as number)) / 2);
      values.push(f32(scale * mean), f32(-scale * mean));
    }
  }
  return Float32Array.from(values).sort();
}

/** From both ends to the middle, each value rounded to float32 once, as torch's fused multiply-add does it. */
function linspace(start: number, end: number, count: number): number[] {
  const [first, last] = [f32(start), f32(end)];
  const step = f32(f32(last - first) / (count - 1));
  return Array.from({ length: count }, (_, index) =>
    index < count >> 1 ? f32(first + step * index) : f32(last - step * (count - 1 - index)),
  );
}
