import { DYNAMIC_VALUES, NF4_VALUES } from './code-tables.js';
import { torchMean } from './mean.js';

/** Values that share one scale, and scales that share one. */
export const BLOCK = 64;
export const NESTED_BLOCK = 256;

/** A tensor of n values in about 4.127 bits each: NF4 with double quantization, in bitsandbytes' bytes. */
export interface Nf4 {
  /** [⌈n/2⌉]: two codes to a byte, the first of them in the upper half. */
  readonly codes: Uint8Array;
  /** [⌈n/64⌉]: the scale of each block, less `offset`, as a code of {@link DYNAMIC_VALUES}. */
  readonly absmax: Uint8Array;
  /** [⌈blocks/256⌉]: the scale of each 256 of these. */
  readonly nestedAbsmax: Float32Array;
  /** The mean of the blocks' scales. */
  readonly offset: number;
}

/** The least scale that bitsandbytes divides by. */
const TINY = Math.fround(1e-38);
/** Of an odd last value's missing neighbour. */
const CODE_OF_ZERO = 7;

/** A value above BOUNDS[i] has a code above i; at the bound it takes the lower one. */
const BOUNDS = Float32Array.from({ length: 16 }, (_, code) =>
  code < 15
    ? Math.fround(Math.fround((NF4_VALUES[code] as number) + (NF4_VALUES[code + 1] as number)) / 2)
    : Infinity,
);
/** [−1, 1] in bins of 1/32: none has more than one bound in it, so its code is the first one or the one after. */
const BINS = 64;
const FIRST_CODE = Uint8Array.from({ length: BINS + 1 }, (_, bin) =>
  BOUNDS.findIndex((bound) => bound >= (bin * 2) / BINS - 1),
);

/** @param values finite, in the order in which they are to be quantized: a linear layer's as [out, in] */
export function quantizeNf4(values: Float32Array): Nf4 {
  const codes = new Uint8Array(Math.ceil(values.length / 2));
  const scales = new Float32Array(Math.ceil(values.length / BLOCK));
  for (let block = 0; block < scales.length; block++) {
    const start = block * BLOCK;
    const end = Math.min(start + BLOCK, values.length);
    scales[block] = quantizeBlock(values, start, end, codes);
  }
  return { codes, ...quantizeScales(scales) };
}

/** Writes a block's codes. @returns its scale */
function quantizeBlock(values: Float32Array, start: number, end: number, codes: Uint8Array): number {
  let largest = 0;
  for (let index = start; index < end; index++)
    largest = Math.max(largest, Math.abs(values[index] as number));
  const divisor = Math.max(largest, TINY);
  // bitsandbytes multiplies whole blocks by the reciprocal, and divides what is left over at the end.
  if (end - start < BLOCK) {
    for (let index = start; index < end; index++)
      write(codes, index, codeOf(Math.fround((values[index] as number) / divisor)));
    if (end % 2 === 1) write(codes, end, CODE_OF_ZERO);
    return divisor;
  }
  const factor = Math.fround(1 / divisor);
  for (let index = start; index < end; index += 2) {
    const upper = codeOf(Math.fround((values[index] as number) * factor));
    const lower = codeOf(Math.fround((values[index + 1] as number) * factor));
    codes[index >> 1] = (upper << 4) | lower;
  }
  return largest;
}

function write(codes: Uint8Array, index: number, code: number): void {
  const at = index >> 1;
  codes[at] = (codes[at] as number) | (index % 2 === 0 ? code << 4 : code);
}

/** @param value float32; may be beyond ±1 by rounding */
function codeOf(value: number): number {
  const within = value > 1 ? 1 : value < -1 ? -1 : value;
  const code = FIRST_CODE[Math.floor((within + 1) * (BINS / 2))] as number;
  return within > (BOUNDS[code] as number) ? code + 1 : code;
}

function quantizeScales(scales: Float32Array): Omit<Nf4, 'codes'> {
  const offset = torchMean(scales);
  const absmax = new Uint8Array(scales.length);
  const nestedAbsmax = new Float32Array(Math.ceil(scales.length / NESTED_BLOCK));
  for (let block = 0; block < nestedAbsmax.length; block++) {
    const start = block * NESTED_BLOCK;
    const part = scales.subarray(start, start + NESTED_BLOCK).map((scale) => scale - offset);
    const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    nestedAbsmax[block] = largest;
    // A block of nothing but the mean keeps code 0, as bitsandbytes leaves it.
    if (largest === 0) continue;
    const factor = Math.fround(1 / largest);
    part.forEach((value, index) => (absmax[start + index] = dynamicCodeOf(Math.fround(value * factor))));
  }
  return { absmax, nestedAbsmax, offset };
}

/**
 * bitsandbytes' CPU kernel looks the code up in a table of 65,536 values between −1 and 1, each of which has the code that
 * is nearest to it: a value that is nearly between two codes may take the other one.
 */
const DYNAMIC_CODES = dynamicCodes();

function dynamicCodes(): Uint8Array {
  const codes = new Uint8Array(65536);
  let code = 0;
  const bound = (): number =>
    code < 255
      ? Math.fround(Math.fround((DYNAMIC_VALUES[code] as number) + (DYNAMIC_VALUES[code + 1] as number)) / 2)
      : Infinity;
  for (let index = 0; index < codes.length; index++) {
    const value = Math.fround(-1 + Math.fround((2 * index) / 65535));
    while (bound() < value) code++;
    codes[index] = code;
  }
  return codes;
}

function dynamicCodeOf(value: number): number {
  const within = Math.min(1, Math.max(-1, value));
  const half = Math.fround(Math.fround(within + 1) / 2);
  return DYNAMIC_CODES[Math.floor(Math.fround(Math.fround(half * 65535) + 0.5))] as number;
}
