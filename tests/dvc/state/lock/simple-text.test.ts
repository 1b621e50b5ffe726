import { entryMapping } from '../../../../dvc/state/lock/entry.js';
import { emitAt, headerLine } from '../../../../dvc/state/lock/segments.js';
import { simpleText } from '../../../../dvc/state/lock/simple-text.js';
import {
  PythonFloat,
  type LockEntry,
  type LockedFile,
  type Md5,
  type ParamValue,
} from '../../../../dvc/types.js';
import { randomNumbers } from '../generate.js';

const TAME = [
  'python train.py',
  ' --lr 0.1',
  ' ',
  ' ',
  'word',
  'a',
  'Z',
  '0',
  '_',
  '-',
  '.',
  '/',
  ' > ',
  '$HOME',
  'x'.repeat(40),
];
const ODD = [
  ...[
    '1e5',
    '123',
    ':',
    'true',
    'null',
    '~',
    '=',
    '>',
    ' | ',
    '&&',
    '${x}',
    '"q"',
    "'q'",
    '#',
    ' #',
    ': ',
    ' a:b',
    ' a: b',
  ],
  ...[
    'y'.repeat(90),
    '  ',
    '\n',
    'é',
    '漢',
    '\t',
    '%',
    '@',
    '!',
    '*',
    '?',
    ',',
    '...',
    '---',
    '2024-01-01',
    '[a]',
    '{a: b}',
    '\\',
  ],
];

const random = randomNumbers(7);
const upTo = (count: number): number => Math.floor(random() * count);
const text = (): string => {
  const pieces = upTo(12) === 0 ? [...TAME, ...ODD] : TAME;
  return (
    Array.from({ length: 1 + upTo(12) }, () => pieces[upTo(pieces.length)])
      .join('')
      .trim() || 'x'
  );
};
const some = <T>(most: number, make: () => T): T[] => Array.from({ length: upTo(most + 1) }, make);

function md5(): Md5 {
  const digits = upTo(4) === 0 ? '0123456789e' : '0123456789abcdef';
  const hash = Array.from({ length: 32 }, () => digits[upTo(digits.length)]).join('');
  return (upTo(4) === 0 ? `${hash}.dir` : hash) as Md5;
}

function file(): LockedFile {
  return {
    path: text(),
    ...(upTo(5) > 0 && { hash: 'md5' }),
    md5: md5(),
    size: upTo(10 ** 9),
    ...(upTo(4) === 0 && { nfiles: upTo(9) }),
    ...(upTo(4) === 0 && { isexec: true }),
  };
}

function value(): ParamValue {
  const values: ParamValue[] = [
    upTo(100),
    -3,
    true,
    false,
    null,
    text(),
    text(),
    new PythonFloat(random() * 10 ** upTo(9)),
  ];
  return values[upTo(values.length)] ?? [new PythonFloat(1e-5), new PythonFloat(3), 'x'];
}

function entry(): LockEntry {
  const params = Object.fromEntries(some(4, () => [upTo(2) === 0 ? text() : `train.p${upTo(99)}`, value()]));
  return {
    cmd: upTo(4) === 0 ? [text(), ...some(2, text)] : text(),
    ...(upTo(3) > 0 && { deps: some(3, file) }),
    ...(upTo(3) > 0 && { params: { [upTo(4) === 0 ? text() : 'params.yaml']: params } }),
    ...(upTo(3) > 0 && { outs: some(3, file) }),
  };
}

describe('simpleText', () => {
  it('gives the bytes of the full writer, or leaves it to that', () => {
    let simple = 0;
    for (let round = 0; round < 3_000; round++) {
      const name = upTo(3) === 0 ? text() : `train@seed-${upTo(99)}`;
      const one = entry();
      const lines = simpleText(name, one);
      if (lines === undefined) continue;
      simple++;
      const { text: full } = emitAt(entryMapping(one), 2);
      expect(lines).toBe(headerLine(name, 1) + full);
    }
    expect(simple).toBeGreaterThan(100);
  });

  it('knows the entries that a pipeline has', () => {
    const files = [
      { path: 'data/raw/train.jsonl', hash: 'md5', md5: '1b'.repeat(16) as Md5, size: 3 },
    ] as const;
    const lines = simpleText('train@seed-1', {
      cmd: `python train.py ${'--option value '.repeat(9)}> log.txt`,
      deps: files,
      params: {
        'params.yaml': { 'train.lr': new PythonFloat(1e-5), 'train.epochs': 3, 'train.model': 'bert-base' },
      },
      outs: files,
    });
    expect(lines).toMatch(/^ {2}train@seed-1:\n {4}cmd: python train\.py .* \n {6}value/);
  });
});
