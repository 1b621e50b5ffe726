import { formatLockEntry, parseLockEntry } from '../../../../dvc/state/index.js';
import { guessEntry } from '../../../../dvc/state/lock/plain-entry.js';
import { readSection, writtenAlone } from '../../../../dvc/state/lock/sections.js';
import { PythonFloat, type LockEntry, type Md5, type ParamValue } from '../../../../dvc/types.js';

const MD5 = '0123456789abcdef0123456789abcdef' as Md5;

function linesOf(entry: LockEntry): string[] {
  return (writtenAlone('a', entry) ?? '').split('\n').slice(1, -1);
}

function withParam(value: ParamValue): LockEntry {
  return { cmd: 'x', params: { 'params.yaml': { 'train.lr': value } } };
}

describe('guessEntry', () => {
  it.each<[string, LockEntry]>([
    ['a command alone', { cmd: 'python train.py' }],
    ['a command that is folded', { cmd: `python train.py ${'--option value '.repeat(20)}end` }],
    ['several commands', { cmd: ['echo a', `echo ${'b '.repeat(60)}c`] }],
    [
      'files and params',
      {
        cmd: 'x',
        deps: [
          { path: 'data', hash: 'md5', md5: `${MD5}.dir` as Md5, size: 10, nfiles: 2 },
          { path: 'grüße.py', hash: 'md5', md5: MD5, size: 0, isexec: true },
          { path: 'old', md5: MD5, size: 1 },
        ],
        params: {
          'params.yaml': { epochs: 3, lr: new PythonFloat(1e-5), on: true, 'train.name': 'bert-base' },
          'more.json': { seed: -1 },
        },
        outs: [{ path: 'model', hash: 'md5', md5: MD5, size: 123456789 }],
      },
    ],
  ])('reads %s as YAML', (_, entry) => {
    const guessed = guessEntry(linesOf(entry));
    expect(guessed).toEqual(entry);
    expect(guessed).toEqual(parseLockEntry(formatLockEntry(entry)));
  });

  // What it takes for something else than it is must not be written as it stands there.
  it.each<[string, LockEntry]>([
    ['a number for a command', { cmd: '123' }],
    ['a comment', { cmd: 'echo # a' }],
    ['a quote', { cmd: "echo: 'a'" }],
    ['lines', { cmd: ['for i in 1 2; do\n  echo $i\ndone', ' indented'] }],
    ['a path like a number', { cmd: 'x', outs: [{ path: '1e3', hash: 'md5', md5: MD5, size: 1 }] }],
    ['a list', withParam([1, 2, new PythonFloat(3)])],
    ['a mapping', withParam(new Map([['a', new Map([['b', null]])]]))],
    ['nothing', withParam(null)],
    ['a text like a number', withParam('1_000')],
    ['a text like a date', withParam('2024-01-01')],
    ['a text like nothing', withParam('')],
    ['a text with a colon', withParam('a: b')],
    ['a float that is whole', withParam(new PythonFloat(3))],
    ['a number that is large', withParam(12345678901234567890n)],
    ['an odd key', { cmd: 'x', params: { 'a: b': { 'c: d': 1, __proto__x: 2, '3': 4 } } }],
  ])('leaves %s to YAML, or reads it as that', (_, entry) => {
    const lines = writtenAlone('a', entry) as string;
    const section = readSection(lines);
    expect(section?.entry).toEqual(parseLockEntry(formatLockEntry(entry)));
    expect(section?.isAsWritten).toBe(true);
  });

  it.each([
    '    cmd: x # a comment\n',
    '    cmd: "x"\n',
    '    cmd: x\n    outs:\n    - path: b\n      size: 010\n',
    '    cmd: x\n    params:\n      params.yaml:\n        a: 1.50\n        b: 0x1F\n',
    '    cmd: x\n    outs:\n    - md5: 0123456789abcdef0123456789abcdef\n      path: b\n',
  ])('reads what DVC would write otherwise by YAML: %j', (lines) => {
    const section = readSection(`  a:\n${lines}`);
    expect(section?.entry).toEqual(parseLockEntry(lines.replace(/^ {4}/gm, '')));
  });
});
