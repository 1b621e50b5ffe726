import { DYNAMIC_VALUES, NF4_VALUES } from './code-tables.js';
import { BLOCK, NESTED_BLOCK, type Nf4 } from './quantize.js';

/** The `count` values that the codes stand for, each rounded as bitsandbytes rounds it. */
export function dequantizeNf4(quantized: Nf4, count: number): Float32Array {
  const { codes, absmax, nestedAbsmax, offset } = quantized;
  const values = new Float32Array(count);
  for (let block = 0; block < absmax.length; block++) {
    const nested = nestedAbsmax[Math.floor(block / NESTED_BLOCK)] as number;
    const spread = Math.fround((DYNAMIC_VALUES[absmax[block] as number] as number) * nested);
    const scale = Math.fround(spread + offset);
    const end = Math.min((block + 1) * BLOCK, count);
    for (let index = block * BLOCK; index < end; index++) {
      const pair = codes[index >> 1] as number;
      const code = index % 2 === 0 ? pair >> 4 : pair & 15;
      values[index] = (NF4_VALUES[code] as number) * scale;
    }
  }
  return values;
}
