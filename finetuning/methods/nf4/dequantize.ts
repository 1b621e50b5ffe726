import { DYNAMIC_VALUES, NF4_VALUES } from './code-tables.js';
import { BLOCK, NESTED_BLOCK, type Nf4 } from './quantize.js';

/** Codes whose scales are not quantized themselves: [⌈n/64⌉] float32. */
export interface PlainNf4 {
  readonly codes: Uint8Array;
  readonly scales: Float32Array;
}

/** The `count` values that the codes stand for, each rounded as bitsandbytes rounds it. */
export function dequantizeNf4(quantized: Nf4 | PlainNf4, count: number): Float32Array {
  const { codes } = quantized;
  const scales = 'scales' in quantized ? quantized.scales : dequantizedScales(quantized);
  const values = new Float32Array(count);
  for (let block = 0; block < scales.length; block++) {
    const scale = scales[block] as number;
    const end = Math.min((block + 1) * BLOCK, count);
    for (let index = block * BLOCK; index < end; index++) {
      const pair = codes[index >> 1] as number;
      const code = index % 2 === 0 ? pair >> 4 : pair & 15;
      values[index] = (NF4_VALUES[code] as number) * scale;
    }
  }
  return values;
}

/** Two roundings: after the product, and after the sum. */
function dequantizedScales({ absmax, nestedAbsmax, offset }: Nf4): Float32Array {
  return Float32Array.from(absmax, (code, block) => {
    const nested = nestedAbsmax[Math.floor(block / NESTED_BLOCK)] as number;
    return Math.fround((DYNAMIC_VALUES[code] as number) * nested) + offset;
  });
}
