import { z } from 'zod';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { DYNAMIC_VALUES, NF4_VALUES } from '../../methods/nf4/code-tables.js';
import { dequantizeNf4 } from '../../methods/nf4/dequantize.js';
import { BLOCK, NESTED_BLOCK, type Nf4 } from '../../methods/nf4/quantize.js';
import { transposed } from '../../methods/nf4/transposed.js';
import type { WeightSource } from '../load-weights.js';
import type { Network } from '../network.js';

/** Beside `a.weight`, a [⌈n/2⌉, 1] of bytes, bitsandbytes keeps what it takes to read it: `a.weight.absmax` and others. */
const STATE = '.quant_state.bitsandbytes__nf4';
const PARTS = [STATE, '.absmax', '.quant_map', '.nested_absmax', '.nested_quant_map'];
/** Of its other types, which we do not read. */
const UNKNOWN = /\.quant_state\.bitsandbytes__(?!nf4$)|\.SCB$/;

const count = z.int().min(1);
/** A string of JSON, kept as a tensor of bytes. */
const stateSchema = z.looseObject({
  quant_type: z.literal('nf4'),
  blocksize: z.literal(BLOCK),
  shape: z.array(count).min(1),
});
const nestedSchema = z.looseObject({ nested_blocksize: z.literal(NESTED_BLOCK), nested_offset: z.number() });

/**
 * Weights that bitsandbytes quantized to NF4, under the names and shapes of the model they come from. Others stay as they
 * are.
 *
 * @throws DiagnosticError `unknown-quantization`
 */
export function withNf4(source: WeightSource, network: Pick<Network, 'names' | 'layers'>): WeightSource {
  const unknown = source.names.find((name) => UNKNOWN.test(name));
  if (unknown !== undefined) throw unreadable(source.file, unknown, 'another type than NF4');
  const weights = source.names
    .filter((name) => name.endsWith(STATE))
    .map((name) => name.slice(0, -STATE.length));
  return weights.length === 0 ? source : new Nf4Weights(source, network, new Set(weights));
}

class Nf4Weights implements WeightSource {
  readonly file: string;
  readonly names: readonly string[];

  constructor(
    private readonly source: WeightSource,
    private readonly network: Pick<Network, 'names' | 'layers'>,
    private readonly quantized: ReadonlySet<string>,
  ) {
    const parts = new Set([...quantized].flatMap((weight) => PARTS.map((part) => weight + part)));
    this.file = source.file;
    this.names = source.names.filter((name) => !parts.has(name));
  }

  shape(name: string): readonly number[] {
    if (!this.quantized.has(name)) return this.source.shape(name);
    const { shape } = this.#state(name);
    return this.#isTurned(name) ? [...shape].reverse() : shape;
  }

  readFloat32(name: string): Float32Array {
    if (!this.quantized.has(name)) return this.source.readFloat32(name);
    const { shape } = this.#state(name);
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const values = dequantizeNf4(this.readNf4(name) ?? this.#withPlainScales(name), size);
    const [rows, columns] = [shape[0] as number, shape[1] as number];
    return this.#isTurned(name) ? transposed(values, rows, columns) : values;
  }

  /** `undefined` also where the scales are plain float32. */
  readNf4(name: string): Nf4 | undefined {
    if (!this.quantized.has(name)) return this.source.readNf4?.(name);
    if (!this.source.names.includes(`${name}.nested_absmax`)) return undefined;
    const state = nestedSchema.safeParse(this.#state(name));
    if (!state.success) throw unreadable(this.file, name, z.prettifyError(state.error));
    this.#checkTable(`${name}.nested_quant_map`, DYNAMIC_VALUES);
    return {
      codes: this.#codes(name),
      absmax: Uint8Array.from(this.source.readFloat32(`${name}.absmax`)),
      nestedAbsmax: this.source.readFloat32(`${name}.nested_absmax`),
      offset: Math.fround(state.data.nested_offset),
    };
  }

  #withPlainScales(name: string): Parameters<typeof dequantizeNf4>[0] {
    return { codes: this.#codes(name), scales: this.source.readFloat32(`${name}.absmax`) };
  }

  #codes(name: string): Uint8Array {
    this.#checkTable(`${name}.quant_map`, NF4_VALUES);
    const { shape } = this.#state(name);
    const bytes = Math.ceil(shape.reduce((product, dimension) => product * dimension, 1) / 2);
    const codes = Uint8Array.from(this.source.readFloat32(name));
    if (codes.length !== bytes)
      throw unreadable(this.file, name, `${codes.length} numbers for ${bytes} bytes`);
    return codes;
  }

  #checkTable(name: string, table: Float32Array): void {
    const found = this.source.readFloat32(name);
    if (!table.every((value, code) => value === found[code]))
      throw unreadable(this.file, name, 'other codes');
  }

  #state(name: string): z.output<typeof stateSchema> {
    const text = Buffer.from(Uint8Array.from(this.source.readFloat32(name + STATE))).toString('utf8');
    try {
      return stateSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw unreadable(
        this.file,
        name,
        cause instanceof z.ZodError ? z.prettifyError(cause) : text.slice(0, 80),
      );
    }
  }

  /** transformers turns a Conv1D's weight before it quantizes it. */
  #isTurned(name: string): boolean {
    const path = this.network.names.current(name).replace(/\.weight$/, '');
    return this.network.layers.get(path) === 'conv1d';
  }
}

function unreadable(file: string, name: string, found: string): DiagnosticError {
  return new DiagnosticError('unknown-quantization', {
    message: `${name} is quantized in a way that cannot be read`,
    at: { file },
    expected: `bitsandbytes' NF4 in blocks of ${BLOCK}, bytes stored as uint8`,
    found,
    fix: 'take the model that was not quantized, or quantize it so',
  });
}
