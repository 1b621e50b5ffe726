import {
  compareCodePoints,
  emitYaml,
  floatRepr,
  pythonEquals,
  pythonJson,
} from '../../../../dvc/state/index.js';
import { PythonFloat } from '../../../../dvc/types.js';

const float = (value: number) => new PythonFloat(value);

describe('Python’s spelling', () => {
  it.each([
    [1, '1.0'], [-0, '-0.0'], [1e-5, '1e-05'], [0.0001, '0.0001'], [1e15, '1000000000000000.0'], [1e16, '1e+16'], [3e20, '3e+20'],
    [123456789012345680, '1.2345678901234568e+17'], [5e-324, '5e-324'], [0.1 + 0.2, '0.30000000000000004'], [-2.5e-10, '-2.5e-10'],
  ])('of the float %d', (value, text) => expect(floatRepr(value)).toBe(text)); // prettier-ignore

  it('of JSON: sorted by code point, ASCII only, floats apart from integers', () => {
    const value = {
      '\uffff': 1,
      '😀': float(1),
      é: [null, true, float(NaN), float(-Infinity)],
      a: 12345678901234567890n,
      '\x7f': 'x\n"',
    };
    expect(pythonJson(value)).toBe(
      '{"a": 12345678901234567890, "\\u007f": "x\\n\\"", "\\u00e9": [null, true, NaN, -Infinity], "\\uffff": 1, "\\ud83d\\ude00": 1.0}',
    );
    expect(pythonJson(new Map([[10, 'b'], [9, 'a']]))).toBe('{"9": "a", "10": "b"}'); // prettier-ignore
  });

  it('of YAML: folds, quotes, aliases and empty values', () => {
    const shared = [1];
    const { text } = emitYaml(
      new Map<string, never>(
        Object.entries({ a: shared, b: shared, n: null, e: [], s: '1e5', t: 'a\n', f: float(1e-5) }) as never,
      ),
    );
    expect(text).toBe('a: &id001\n- 1\nb: *id001\nn:\ne: []\ns: \'1e5\'\nt: "a\\n"\nf: 1e-05\n');
    expect(emitYaml({ cmd: 'word '.repeat(20).trim() }).text).toBe(
      `cmd: ${'word '.repeat(15).trim()} \n  ${'word '.repeat(5).trim()}\n`,
    );
  });
});

describe('Python’s order and equality', () => {
  it('compares by code point', () => {
    expect(['😀', '\uffff', 'a', 'ab', ''].sort(compareCodePoints)).toEqual(['', 'a', 'ab', '\uffff', '😀']);
  });

  it('takes 1, 1.0 and True for one value, and NaN for none', () => {
    expect(pythonEquals(1, float(1))).toBe(true);
    expect(pythonEquals(true, 1)).toBe(true);
    expect(pythonEquals(9007199254740993n, float(9007199254740992))).toBe(false);
    expect(pythonEquals(float(NaN), float(NaN))).toBe(false);
    expect(pythonEquals('1', 1)).toBe(false);
    expect(pythonEquals(null, false)).toBe(false);
    expect(pythonEquals({ a: [1, { b: null }] }, new Map([['a', [float(1), { b: null }]]]))).toBe(true);
    expect(pythonEquals({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(pythonEquals({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(pythonEquals([1, 2], [1])).toBe(false);
  });
});
