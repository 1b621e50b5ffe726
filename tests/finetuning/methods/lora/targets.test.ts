import { pythonFullmatch } from '../../../../finetuning/methods/lora/python-regex.js';
import type { LoraSettings } from '../../../../finetuning/methods/lora/settings.js';
import { chooseTargets } from '../../../../finetuning/methods/lora/targets.js';
import { loraMethod } from '../../../../finetuning/methods/lora/lora.js';
import { readNetwork } from '../../../../finetuning/models/read-network.js';

const network = readNetwork('tests/finetuning/fixtures/bert-tiny/model', ['a', 'b', 'c']);
const settings: LoraSettings = { rank: 4, alpha: 8, dropout: 0, targets: ['query'], saved: ['classifier'] };

const lastParts = (targets: LoraSettings['targets'], others: Partial<LoraSettings> = {}): string[] => [
  ...new Set(
    chooseTargets(network, { ...settings, ...others, targets }).map(({ path }) =>
      path.replace(/^.*layer\.(\d)/, '$1'),
    ),
  ),
];

describe('targets', () => {
  it('are named by last parts, by a regular expression of the whole name, or all', () => {
    expect(lastParts(['output.dense'])).toEqual([
      '0.attention.output.dense',
      '0.output.dense',
      '1.attention.output.dense',
      '1.output.dense',
    ]);
    expect(lastParts(String.raw`bert\.encoder\.layer\.1\..*(?P<part>key|query)`)).toEqual([
      '1.attention.self.query',
      '1.attention.self.key',
    ]);
    expect(chooseTargets(network, { ...settings, targets: 'all-linear' })).toHaveLength(2 * 6 + 1);
    expect(lastParts('ALL-LINEAR', { saved: ['classifier', 'pooler'] })).not.toContain('bert.pooler.dense');
    expect(lastParts('all-linear', { saved: [] })).not.toContain('classifier');
    expect(lastParts(['classifier'], { saved: [] })).toEqual(['classifier']);
  });

  it('take rank and alpha from the first pattern that fits', () => {
    const of = (rankStabilized: boolean): [number, number][] =>
      chooseTargets(network, {
        ...settings,
        rankStabilized,
        rankPattern: { 'layer.1.attention.self.query': 16, query: 2 },
        alphaPattern: { 'layer\\.0.*': 1 },
      }).map(({ rank, scale }) => [rank, scale]);
    expect(of(false)).toEqual([[2, 1 / 2], [16, 8 / 16]]); // prettier-ignore
    expect(of(true)).toEqual([[2, 1 / Math.SQRT2], [16, 8 / 4]]); // prettier-ignore
  });

  it.each<[string, Partial<LoraSettings>, string, RegExp]>([
    ['a name', { targets: ['query', 'querry'] }, 'target_modules', /query, key, value, dense/],
    ['an embedding', { targets: ['word_embeddings'] }, 'target_modules', /query, key/],
    ['what trains in full', { targets: ['classifier'] }, 'target_modules', /query, key/],
    ['a regular expression', { targets: 'query' }, 'target_modules', /query, key/],
    ['a module around layers', { targets: '.*attention.*' }, 'target_modules', /query, key/],
    ['a broken regular expression', { targets: '.*(query' }, 'target_modules', /regular expression/],
    ['a regular expression of Python’s', { targets: String.raw`.*query\Z` }, 'target_modules', /list/],
    ['a module to save', { saved: ['score'] }, 'modules_to_save', /pooler.*classifier/],
  ])('are refused, where the model does not have them: %s', (_, wrong, key, known) => {
    expect(() => loraMethod(network, { ...settings, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'bad-target-modules',
        message: expect.stringContaining(key) as string,
        expected: expect.stringMatching(known) as string,
      }),
    );
  });
});

it.each([['wte'], ['transformer']])(
  'token embeddings that are the head, too, do not train beside an update: %s',
  (...saved) => {
    const model = readNetwork('tests/finetuning/fixtures/gpt2-tiny/model', []);
    expect(() => loraMethod(model, { ...settings, targets: ['c_attn'], saved })).toThrow(
      expect.objectContaining({
        code: 'bad-target-modules',
        message: expect.stringContaining('transformer.wte.weight') as string,
      }),
    );
    expect(loraMethod(model, { ...settings, targets: ['c_attn'], saved: ['wpe'] }).trainable).toContain(
      'transformer.wpe.weight',
    );
  },
);

it('regular expressions mean what they mean to Python', () => {
  expect(pythonFullmatch('a{,2}', 'x').test('aa')).toBe(true);
  expect(pythonFullmatch('a{,2}', 'x').test('a{,2}')).toBe(false);
  expect(pythonFullmatch('a|b.c', 'x').test('bxc')).toBe(true);
  expect(pythonFullmatch('a|b.c', 'x').test('ac')).toBe(false);
  expect(pythonFullmatch(String.raw`(?P<n>\w)(?P=n)`, 'x').test('aa')).toBe(true);
  expect(() => pythonFullmatch('(?i)a', 'x')).toThrow(
    expect.objectContaining({ code: 'bad-target-modules' }),
  );
});
