import { createHash } from 'node:crypto';
import { DYNAMIC_VALUES, NF4_VALUES } from '../../../../finetuning/methods/nf4/code-tables.js';
import { dequantizeNf4 } from '../../../../finetuning/methods/nf4/dequantize.js';
import { quantizeNf4 } from '../../../../finetuning/methods/nf4/quantize.js';
import { SafetensorsFile } from '../../../../finetuning/models/safetensors/safetensors-file.js';

/** What bitsandbytes made of the same values: tests/finetuning/fixtures/nf4.py. */
const expected = SafetensorsFile.open('tests/finetuning/fixtures/nf4.safetensors');
afterAll(() => expected.close());
const cases = expected.names.filter((name) => name.endsWith('.values')).map((name) => name.split('.')[0]);

/** By bits, so that −0 is not 0. */
const bits = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

describe('NF4', () => {
  it('has the tables of bitsandbytes', () => {
    expect(bits(NF4_VALUES)).toEqual(bits(expected.readFloat32('quant_map')));
    expect(bits(DYNAMIC_VALUES)).toEqual(bits(expected.readFloat32('nested_quant_map')));
  });

  it.each(cases)('has the bytes of bitsandbytes: %s', (name) => {
    const values = expected.readFloat32(`${name}.values`);
    const found = quantizeNf4(values);
    expect(found.codes).toEqual(expected.readBytes(`${name}.codes`));
    expect(found.absmax).toEqual(expected.readBytes(`${name}.absmax`));
    expect(bits(found.nestedAbsmax)).toEqual(bits(expected.readFloat32(`${name}.nested_absmax`)));
    expect(bits(Float32Array.of(found.offset))).toEqual(bits(expected.readFloat32(`${name}.offset`)));
    const back = dequantizeNf4(found, values.length);
    expect(bits(back)).toEqual(bits(expected.readFloat32(`${name}.dequantized`)));
  });

  it('has the bytes of bitsandbytes: two and a half million values', () => {
    const values = Float32Array.from({ length: 40_000 * 64 + 5 }, (_, index) => {
      const value = (Math.imul(index, 2654435761) >>> 0) / 2 ** 32 - 0.5;
      return value * (((index >> 6) * 40503) % 2 ** 16) * 2 ** -16;
    });
    const found = quantizeNf4(values);
    const parts = {
      codes: found.codes,
      absmax: found.absmax,
      nested_absmax: found.nestedAbsmax,
      offset: Float32Array.of(found.offset),
      dequantized: dequantizeNf4(found, values.length),
    };
    const sums = Object.entries(parts).map(([part, { buffer }]) => [
      `large.${part}`,
      createHash('sha256').update(new Uint8Array(buffer)).digest('hex'),
    ]);
    expect(Object.fromEntries(sums)).toEqual(expected.metadata);
  });
});
