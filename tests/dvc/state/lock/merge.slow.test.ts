import { mergeLock } from '../../../../dvc/state/lock/merge.js';
import { formatLockEntry, parseLockEntry } from '../../../../dvc/state/lock/entry.js';
import type { LockEntry, Md5, ParamValue } from '../../../../dvc/types.js';
import { DECODE, ValueGenerator, encode, randomNumbers } from '../generate.js';
import { describeWithDvc, python } from '../real-dvc.js';

/** Does to each text what `Lockfile.dump_stages` does, for each of the given entries in turn. */
const DUMP_STAGES = `${DECODE}
import os, tempfile
from collections import OrderedDict
from dvc.utils.serialize import load_yaml, modify_yaml
path = os.path.join(tempfile.mkdtemp(), 'dvc.lock')
results = []
for text, updates in json.load(sys.stdin):
    if text is None:
        if os.path.exists(path): os.unlink(path)
    else: open(path, 'w', encoding='utf-8').write(text)
    try:
        for name, entry in updates:
            entry = decode(entry, [])
            with modify_yaml(path) as data:
                if not data: data.update({'schema': '2.0'})
                data['stages'] = data.get('stages', {})
                data['stages'].update({name: entry})
        if text is None:
            assert load_yaml(path)['stages'] == {name: decode(entry, []) for name, entry in updates}
    except Exception:
        # ruamel.yaml writes some texts that it cannot read, or reads as others.
        results.append(None)
        continue
    results.append(open(path, encoding='utf-8').read())
print(json.dumps(results))
`;

const COMMENTED = `# top comment

schema: '2.0'   # eol schema
# before stages
stages:  # eol stages
  # before a
  a:   # eol a
    # inside a
    cmd: echo a  # eol cmd
    outs:
    - path: a.txt
      md5: 0cc175b9c0f1b6a831c399e269772661   # eol md5

  # before b

  b:
    cmd: echo b
    params:
      params.yaml:
        lr: 1.50  # hi
        x: [1, 2]
        y: 2
  # before c
  c:
    cmd: |
      multi
      line
# before datasets
datasets:
- name: x     # ds
  type: dvc
# end of file
`;

const SPACED = `schema: '2.0'
stages:

  a:
    cmd: x

  b:
    cmd: y
`;

const OLD_STYLE = `schema: "2.0"
stages:
    a:
        cmd: "echo 'it''s'"
        params:
            params.yaml:
                lr: 1e-5
                big: 1_000
                hex: 0x1F
                yes: yes
                none: null
                tilde: ~
                when: 2020-01-01
                list:
                  - 1
                  - "2"
    b:
        cmd: y
`;

const TAIL = `schema: '2.0'
stages:
  a:
    cmd: x
  # tail
# tail at the margin
`;

const ALIASED = `schema: '2.0'
stages:
  a:
    cmd: x
    params:
      params.yaml:
        a: &id001
        - 1
        b: *id001
`;

/** Without the line separators of old, which ruamel.yaml does not read as it writes them. */
class LineGenerator extends ValueGenerator {
  override string(): string {
    return super.string().replace(/[\x85\u2028\u2029]/g, '');
  }
}

const simple = (name: string): LockEntry => ({ cmd: `new ${name}` });

describeWithDvc('dvc.lock, updated as DVC updates it', () => {
  it('keeps comments, styles and places', async () => {
    const texts = { COMMENTED, SPACED, OLD_STYLE, TAIL, ALIASED };
    const cases = Object.entries(texts).flatMap(([label, text]) =>
      ['a', 'b', 'c', 'new'].map((name) => ({ label, text, name })),
    );
    const expected = JSON.parse(
      await python(
        DUMP_STAGES,
        JSON.stringify(cases.map(({ text, name }) => [text, [[name, encode({ cmd: `new ${name}` })]]])),
      ),
    ) as string[];
    cases.forEach(({ label, text, name }, i) => {
      const order = { plannedOrder: [name], namesBefore: ['a', 'b', 'c'] };
      const ours = mergeLock(text, new Map([[name, simple(name)]]), order, 'dvc.lock');
      expect({ label, name, text: ours }).toEqual({ label, name, text: expected[i] });
    });
  });

  it('gives the bytes of a sequential run for generated entries, in whatever order they come', async () => {
    const generator = new LineGenerator(randomNumbers(7));
    const documents = Array.from({ length: 60 }, () => {
      const entries = ['one', 'two', 'th ree', '4', 'true'].map((name): [string, LockEntry] => [
        name,
        entry(generator),
      ]);
      return { entries, order: [...entries].sort(() => generator.random() - 0.5) };
    });
    const expected = JSON.parse(
      await python(
        DUMP_STAGES,
        JSON.stringify(
          documents.map(({ entries }) => [
            null,
            entries.map(([name, made]) => [name, encode(inDvcOrder(made))]),
          ]),
        ),
      ),
    ) as (string | null)[];
    expect(expected.filter((text) => text !== null).length).toBeGreaterThan(10);
    documents.forEach(({ entries, order }, i) => {
      if (expected[i] === null) return;
      const plannedOrder = entries.map(([name]) => name);
      let text: string | undefined;
      for (const [name, made] of order)
        text = mergeLock(text, new Map([[name, made]]), { plannedOrder, namesBefore: [] }, 'dvc.lock');
      expect(text).toBe(expected[i]);
      for (const [, made] of entries)
        expect(formatLockEntry(parseLockEntry(formatLockEntry(made)))).toBe(formatLockEntry(made));
      const again = mergeLock(
        text,
        new Map(entries),
        { plannedOrder, namesBefore: plannedOrder },
        'dvc.lock',
      );
      expect(again).toBe(text);
    });
  }, 300_000);
});

/** Floats that ruamel.yaml changes when it rewrites them (16 digits and an exponent) are left out: there DVC is wrong. */
function entry(generator: ValueGenerator): LockEntry {
  const shared: ParamValue[] = [];
  const params: Record<string, ParamValue> = {};
  for (const key of ['lr', 'net', '10', '9', 'é']) {
    const value = generator.value(1, shared);
    if (
      !/\.\d{14,}e/.test(JSON.stringify(encode(value))) &&
      !/e[-+]\d{3}/.test(JSON.stringify(encode(value)))
    )
      params[key] = value;
  }
  const md5 = '0cc175b9c0f1b6a831c399e269772661' as Md5;
  return {
    cmd: generator.random() < 0.5 ? printable(generator) : [printable(generator), printable(generator)],
    deps: [
      { path: 'b', hash: 'md5', md5, size: 1 },
      { path: 'a b', hash: 'md5', md5, size: 12, isexec: true },
    ],
    params: { 'z.yaml': { a: 1 }, 'params.yaml': params, 'a.json': { b: null } },
    outs: [{ path: 'd', hash: 'md5', md5: `${md5}.dir` as Md5, size: 3, nfiles: 2 }],
  };
}

/** A text that survives a round trip through ruamel.yaml, which loses some characters that need no test here. */
function printable(generator: ValueGenerator): string {
  return generator.string().replace(/[^\n -~é漢字😀]/gu, '') || 'true';
}

function inDvcOrder(made: LockEntry): ParamValue {
  const files = (list: LockEntry['deps'] = []): ParamValue =>
    [...list]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map((file) => ({ ...file }) as unknown as ParamValue);
  const params = new Map(
    ['params.yaml', 'a.json', 'z.yaml'].map((file): [string, ParamValue] => [
      file,
      new Map(Object.entries(made.params?.[file] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))),
    ]),
  );
  return new Map<string, ParamValue>([
    ['cmd', made.cmd],
    ['deps', files(made.deps)],
    ['params', params],
    ['outs', files(made.outs)],
  ]);
}
