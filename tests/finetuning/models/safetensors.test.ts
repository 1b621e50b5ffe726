import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { encodeSafetensors } from '../../../finetuning/models/safetensors/encode-safetensors.js';
import { SafetensorsFile } from '../../../finetuning/models/safetensors/safetensors-file.js';

const fixture = 'tests/finetuning/fixtures/bert-tiny/model/model.safetensors';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-safetensors-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(bytes: Uint8Array): string {
  const path = join(folder, 'model.safetensors');
  writeFileSync(path, bytes);
  return path;
}

/** A file with any header over any data. */
function file(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

function refusal(bytes: Uint8Array): DiagnosticError {
  const path = written(bytes);
  try {
    SafetensorsFile.open(path).close();
  } catch (error) {
    expect(error).toBeInstanceOf(DiagnosticError);
    const diagnostic = error as DiagnosticError;
    expect(diagnostic.code).toBe('bad-safetensors');
    expect(diagnostic.at?.file).toBe(path);
    return diagnostic;
  }
  throw new Error('the file was accepted');
}

const f32 = (begin: number, end: number, shape: number[]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('SafetensorsFile', () => {
  it('reads what the reference implementation wrote', () => {
    const source = SafetensorsFile.open(fixture);
    expect(source.metadata).toEqual({ format: 'pt' });
    expect(source.shape('bert.embeddings.word_embeddings.weight')).toEqual([160, 16]);
    expect(source.names).toHaveLength(41);
    const all = Object.fromEntries(
      source.names.map((name) => [name, { shape: source.shape(name), data: source.readFloat32(name) }]),
    );
    source.close();
    expect(all['classifier.weight']?.data.some((x) => x !== 0)).toBe(true);
    // The reference orders by type and then name, as we do; so the files are equal to the last byte.
    expect(Buffer.from(encodeSafetensors(all, { format: 'pt' })).equals(readFileSync(fixture))).toBe(true);
  });

  it('widens halves exactly', () => {
    const values = [1, -2.5, 65504, 2 ** -24, -0, Infinity];
    const halves = Uint16Array.from([0x3c00, 0xc100, 0x7bff, 0x0001, 0x8000, 0x7c00]);
    const brains = Uint16Array.from([0x3f80, 0xc020, 0x7f80]);
    const path = written(
      file(
        {
          half: { dtype: 'F16', shape: [6], data_offsets: [0, 12] },
          brain: { dtype: 'BF16', shape: [3], data_offsets: [12, 18] },
        },
        Buffer.concat([Buffer.from(halves.buffer), Buffer.from(brains.buffer)]),
      ),
    );
    const source = SafetensorsFile.open(path);
    expect([...source.readFloat32('half')]).toEqual(values);
    expect([...source.readFloat32('brain')]).toEqual([1, -2.5, Infinity]);
    source.close();
  });

  it('refuses a truncated file', () => {
    const whole = readFileSync(fixture);
    expect(refusal(whole.subarray(0, whole.length - 100)).message).toBe('the file is truncated');
    expect(refusal(whole.subarray(0, 5)).found).toBe('5 bytes');
    expect(refusal(whole.subarray(0, 200)).message).toBe('the safetensors header length is wrong');
  });

  it('refuses a header length that is not one', () => {
    const bytes = Uint8Array.from(readFileSync(fixture));
    bytes.fill(0xff, 0, 8);
    expect(refusal(bytes).found).toBe('18446744073709551615 bytes');
  });

  const data = new Uint8Array(16);
  it.each([
    ['not JSON', 'hello', /not JSON/],
    ['an array', '[]', /not an object/],
    ['overlapping tensors', { a: f32(0, 8, [2]), b: f32(4, 16, [3]) }, /b overlaps/],
    ['a hole', { a: f32(0, 4, [1]), b: f32(8, 16, [2]) }, /hole before b/],
    ['bytes after the last tensor', { a: f32(0, 8, [2]) }, /goes on after/],
    ['a shape that does not fit', { a: f32(0, 16, [5]) }, /does not fit/],
    ['a shape whose product overflows', { a: f32(0, 16, [2 ** 40, 2 ** 40]) }, /does not fit/],
    ['a negative offset', { a: f32(-4, 12, [4]) }, /entry for a is wrong/],
    ['an end before the begin', { a: f32(16, 0, [0]) }, /does not fit/],
    ['a type of another name', { a: { dtype: 'toString', shape: [4], data_offsets: [0, 16] } }, /type/],
    ['metadata that is not strings', { __metadata__: { a: {} }, b: f32(0, 16, [4]) }, /metadata/],
  ])('refuses %s', (_name, header, message) => {
    expect(refusal(file(header, data)).message).toMatch(message);
  });

  it('names the type that it cannot use', () => {
    const path = written(file({ ids: { dtype: 'F8_E4M3', shape: [16], data_offsets: [0, 16] } }, data));
    const source = SafetensorsFile.open(path);
    expect(() => source.readFloat32('ids')).toThrow(/ids has a type/);
    source.close();
  });
});
