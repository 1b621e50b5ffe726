import { mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Stage } from '../../../dvc/index.js';
import { checkParams } from '../../../runner/index.js';
import { setParams, type TrialValue } from '../../../runner/trials/params-file.js';

const folder = () => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-params-')));

async function after(text: string, values: Readonly<Record<string, TrialValue>>, file = 'params.yaml') {
  const root = folder();
  writeFileSync(join(root, file), text);
  await setParams(root, values);
  return readFileSync(join(root, file), 'utf8');
}

const codeOf = async (run: Promise<unknown>) =>
  await run.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

describe('setParams', () => {
  const TEXT = `# tuned by hand
a: 1   # one
"b c": 'two'
d:
  e: 0.5
  f: [1, {g: true}]

  # of h
  h: |
    text
  i:
j: 1e-3
`;

  it.each([
    ['a', 7, 'a: 1 ', 'a: 7 '],
    ['b c', 'x: #y', "'two'", '"x: #y"'],
    ['d.e', 3, 'e: 0.5', 'e: 3.0'],
    ['d.f.1.g', false, 'g: true', 'g: false'],
    ['d.f.0', 2.5, '[1,', '[2.5,'],
    ['d.h', 'line', '|\n    text\n', '"line"\n'],
    ['d.i', 4, '  i:\n', '  i: 4\n'],
    ['d.e', null, 'e: 0.5', 'e: null'],
    ['j', 1e-7, '1e-3', '1.0e-7'],
    ['j', 1, '1e-3', '1.0'],
  ] as const)('sets %s and leaves all else, byte for byte', async (name, value, before, written) => {
    const text = await after(TEXT, { [name]: value });
    expect(text).toBe(TEXT.replace(before, written));
    const found: unknown = name
      .split('.')
      .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], parse(text));
    expect(found).toBe(value);
  });

  it('sets several at once, in several files', async () => {
    const root = folder();
    writeFileSync(join(root, 'params.yaml'), 'a: 1\nb: 2\n');
    writeFileSync(join(root, 'p.json'), '{"c": {"d": 1}}');
    await setParams(root, { a: 3, 'p.json:c.d': 'x', b: 4 });
    expect(readFileSync(join(root, 'params.yaml'), 'utf8')).toBe('a: 3\nb: 4\n');
    expect(readFileSync(join(root, 'p.json'), 'utf8')).toBe('{"c": {"d": "x"}}');
  });

  it.each([
    ['m:\n  a: 1 # one\n\n# of n\nn: 2\n', 'm.b', 'm:\n  a: 1 # one\n  b: 5\n\n# of n\nn: 2\n'],
    ['m:\n  a:\n    x: |\n      text\n', 'm.b', 'm:\n  a:\n    x: |\n      text\n  b: 5\n'],
    ['m: {a: 1}\n', 'm.b', 'm: {a: 1, b: 5}\n'],
    ['a: 1', 'b', 'a: 1\nb: 5\n'],
    ['l:\n  - a: 1\n  - a: 2\n', 'l.0.b', 'l:\n  - a: 1\n    b: 5\n  - a: 2\n'],
  ])('adds what is not there to %j', async (text, name, expected) => {
    expect(await after(text, { [name]: 5 })).toBe(expected);
  });
});

describe('checkParams', () => {
  it('lets a param be added only to what a stage reads as a whole', async () => {
    const root = folder();
    const file = join(root, 'params.yaml');
    writeFileSync(file, 'm:\n  a: 1\nn:\n  a: 1\n');
    const stage = (keys: readonly string[] | undefined) =>
      [{ params: [{ path: 'params.yaml', file, keys }] }] as unknown as Stage[];
    await checkParams(root, ['m.a', 'n.a'], []);
    await checkParams(root, ['m.b'], stage(['m']));
    await checkParams(root, ['b'], stage(undefined));
    expect(await codeOf(checkParams(root, ['n.b'], stage(['m'])))).toBe('missing-param');
    expect(await codeOf(checkParams(root, ['m.b.c'], stage(['m'])))).toBe('missing-param');
    expect(readFileSync(file, 'utf8')).toBe('m:\n  a: 1\nn:\n  a: 1\n');
  });

  it('follows no link out of the workspace', async () => {
    const [root, other] = [folder(), folder()];
    writeFileSync(join(other, 'p.yaml'), 'a: 1\n');
    symlinkSync(join(other, 'p.yaml'), join(root, 'params.yaml'));
    expect(await codeOf(checkParams(root, ['a'], []))).toBe('params-outside');
    expect(await codeOf(setParams(root, { a: 2 }))).toBe('params-outside');
    expect(await codeOf(setParams(root, { [`../${other.split('/').at(-1)}/p.yaml:a`]: 2 }))).toBe(
      'params-outside',
    );
    expect(readFileSync(join(other, 'p.yaml'), 'utf8')).toBe('a: 1\n');
  });
});
