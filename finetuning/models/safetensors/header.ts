import { z } from 'zod';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** Bytes per element of every type the format knows; which of them can be read as numbers is another matter. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** The reference implementation's limit. A larger number means that this is some other file. */
export const MAX_HEADER_BYTES = 100_000_000;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range in the file's data part, end exclusive. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

const size = z.int().min(0);
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const metadataSchema = z.record(z.string(), z.string());

export function badSafetensors(
  file: string,
  message: string,
  details: { readonly expected?: string; readonly found?: string; readonly cause?: unknown } = {},
): DiagnosticError {
  return new DiagnosticError('bad-safetensors', {
    message,
    at: { file },
    fix: 'fetch or write the file again; this one is damaged or is not a safetensors file',
    ...details,
  });
}

/**
 * Parses a header and checks it against the size of the data that follows, so that nothing read through it can point
 * outside of the file, into another tensor, or nowhere.
 *
 * @throws DiagnosticError `bad-safetensors`
 */
export function parseHeader(file: string, text: string, dataBytes: number): SafetensorsHeader {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badSafetensors(file, 'the safetensors header is not JSON', {
      found: JSON.stringify(text.slice(0, 40)),
      cause,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badSafetensors(file, 'the safetensors header is not an object', { found: typeof json });
  let metadata: Record<string, string> = {};
  const tensors: TensorEntry[] = [];
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(file, value);
    else tensors.push(parseEntry(file, name, value));
  }
  checkCoverage(file, tensors, dataBytes);
  return { tensors: new Map(tensors.map((entry) => [entry.name, entry])), metadata };
}

function parseMetadata(file: string, value: unknown): Record<string, string> {
  const result = metadataSchema.safeParse(value);
  if (result.success) return result.data;
  throw badSafetensors(file, 'the safetensors metadata must map names to strings');
}

function parseEntry(file: string, name: string, value: unknown): TensorEntry {
  const result = entrySchema.safeParse(value);
  if (!result.success)
    throw badSafetensors(file, `the header's entry for ${name} is wrong`, {
      expected: '{"dtype", "shape", "data_offsets": [begin, end]}',
      found: JSON.stringify(value)?.slice(0, 120) ?? 'nothing',
    });
  const { dtype, shape, data_offsets } = result.data;
  const [begin, end] = data_offsets;
  const bytesEach = Object.hasOwn(elementBytes, dtype) ? elementBytes[dtype] : undefined;
  if (bytesEach === undefined)
    throw badSafetensors(file, `${name} has a type that the format does not know`, { found: dtype });
  const bytes = shape.reduce((product, dimension) => product * dimension, bytesEach);
  if (!Number.isSafeInteger(bytes) || end - begin !== bytes)
    throw badSafetensors(file, `${name} has a shape that does not fit its bytes`, {
      expected: `${bytes} bytes for ${dtype} [${shape.join(', ')}]`,
      found: `${end - begin} bytes at ${begin}–${end}`,
    });
  return { name, dtype, shape, begin, end };
}

/** The tensors lie one after the other, without holes or overlaps, and fill the file to its end. */
function checkCoverage(file: string, tensors: readonly TensorEntry[], dataBytes: number): void {
  let reached = 0;
  for (const entry of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== reached)
      throw badSafetensors(
        file,
        entry.begin < reached
          ? `${entry.name} overlaps the tensor before it`
          : `there is a hole before ${entry.name}`,
        { expected: `offset ${reached}`, found: `offset ${entry.begin}` },
      );
    reached = entry.end;
  }
  if (reached !== dataBytes)
    throw badSafetensors(
      file,
      reached > dataBytes ? 'the file is truncated' : 'the file goes on after its last tensor',
      { expected: `${reached} bytes of tensors`, found: `${dataBytes} bytes` },
    );
}
