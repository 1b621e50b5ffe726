import { byteCount } from '../../../runner/settings/byte-count.js';

it.each([
  [0, 0],
  [1000, 1000],
  ['1K', 1024],
  ['1.5G', 1.5 * 2 ** 30],
  ['8 M', 8 * 2 ** 20],
])('%p is %p bytes', (said, bytes) => {
  expect(byteCount.parse(said)).toBe(bytes);
});

it.each([-1, 1.5, '8', '8GB', '8g', 'G', null])('%p is no amount', (said) => {
  expect(byteCount.safeParse(said).success).toBe(false);
});
