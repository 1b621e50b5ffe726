import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadValues } from '../../../../dvc/parse/params/load-values.js';
import { Unstorable, isMapping, isSequence, type Value } from '../../../../dvc/parse/values.js';
import { PythonFloat } from '../../../../dvc/types.js';
import { pythonText } from '../../../../dvc/parse/templating/to-text.js';
import { describeWithDvc, python } from '../../state/real-dvc.js';
import { paramsCorpus } from './corpus.js';

describeWithDvc('agreement with dvc on params files', () => {
  let folder: string;
  let answers: readonly ({ readonly value: unknown } | { readonly error: string })[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-params-'));
    const script = await readFile(join(import.meta.dirname, 'read-files.py'), 'utf8');
    answers = JSON.parse(await python(script, JSON.stringify(paramsCorpus))) as typeof answers;
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(paramsCorpus.map(({ suffix, text }, index) => [suffix, JSON.stringify(text), index] as const))(
    '%s %s',
    async (suffix, _, index) => {
      const file = join(folder, `${index}${suffix}`);
      await writeFile(file, paramsCorpus[index]?.text ?? '');
      const expected = answers[index] as { readonly value?: unknown; readonly error?: string };
      const found = read(file);
      if (expected.error !== undefined) expect(found).toEqual({ error: expect.any(String) as string });
      else expect(found).toEqual({ value: expected.value });
    },
  );
});

function read(file: string): { value: unknown } | { error: string } {
  try {
    const value = loadValues(file, file);
    return {
      value: tagged(
        value === null || value === '' || (isSequence(value) && value.length === 0) ? new Map() : value,
      ),
    };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function tagged(value: Value): unknown {
  if (value instanceof Unstorable) return { unstorable: value.type };
  if (value instanceof PythonFloat) return { float: pythonText(value) };
  if (isSequence(value)) return value.map(tagged);
  if (isMapping(value)) return { dict: [...value].map(([key, item]) => [tagged(key), tagged(item)]) };
  return typeof value === 'number' || typeof value === 'bigint' ? { int: String(value) } : value;
}
