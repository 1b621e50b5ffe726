/** IEEE 754 binary16 → float32, exactly. Every one of the 65,536 patterns is looked up. */
const float16Table = new Float32Array(65536);
for (let bits = 0; bits < 65536; bits++) float16Table[bits] = float16Value(bits);

function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function widenFloat16(halves: Uint16Array): Float32Array {
  const wide = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = float16Table[halves[i] as number] as number;
  return wide;
}

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}
