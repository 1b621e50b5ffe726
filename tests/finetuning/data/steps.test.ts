import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { languageCodes, type TextsConfig } from '../../../configs/index.js';
import { preprocess, type PreprocessReport } from '../../../finetuning/data/index.js';
import { redact } from '../../../finetuning/data/preprocessing/redact.js';
import { jsonl, projectWith, records, rowsIn, type AnyRow } from './widened.js';

async function run(
  rows: readonly object[],
  more: Partial<TextsConfig>,
): Promise<{ report: PreprocessReport; rows: AnyRow[]; root: string }> {
  const root = projectWith({ 'rows.jsonl': jsonl(rows) });
  const report = await preprocess({ root, config: { ...records, ...more } });
  return { report, rows: rowsIn(root), root };
}

describe('missing values', () => {
  const rows = [
    { text: 'one', label: 'a' },
    { text: 'two' },
    { text: null, label: 'a' },
    { text: ' ', label: 'b' },
  ];

  it('are dropped and counted, or filled', async () => {
    const { report, rows: written } = await run(rows, { missing: { text: 'drop', label: { fill: 'none' } } });
    expect(report).toMatchObject({ read: 4, written: 2, filled: 1, dropped: { missing: 2, unlabelled: 0 } });
    expect(written.map(({ label }) => label)).toEqual(['a', 'none']);
  });

  it('are an error that names the place', async () => {
    await expect(run(rows, { missing: { label: 'error' } })).rejects.toMatchObject({
      code: 'value-missing',
      at: { file: 'data/raw/rows.jsonl', line: 2 },
    });
  });
});

describe('personal data', () => {
  const all = ['email', 'phone', 'ip', 'card'] as const;
  it.each([
    ['write to jane.doe+x@mail.example.co.uk.', 'write to [EMAIL].'],
    ['card 4111 1111 1111 1111, not 4111 1111 1111 1112', 'card [CARD], not 4111 1111 1111 1112'],
    ['from 192.168.0.12 and 2001:db8::ff00:42:8329', 'from [IP] and [IP]'],
    ['version 1.2.3.4.5 of 999.1.1.1 at 10:30:00', 'version 1.2.3.4.5 of 999.1.1.1 at 10:30:00'],
    ['call +44 20 7946 0958 or (415) 555-2671', 'call [PHONE] or [PHONE]'],
    ['in 1999, 12345678 people paid 1,250,000.50', 'in 1999, 12345678 people paid 1,250,000.50'],
  ])('in %j gives %j', (text, clean) => {
    expect(redact(text, all, {})).toBe(clean);
  });

  it('is looked for in a time that grows with the text, not with its square', () => {
    const start = performance.now();
    expect(redact('a'.repeat(300_000), all, {})).toHaveLength(300_000);
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(redact(`${'a'.repeat(64)}@example.com`, all, {})).toBe('[EMAIL]');
  });

  it('is replaced before duplicates are looked for, and counted', async () => {
    const rows = ['a@example.com wrote', 'b@example.com wrote'].map((text) => ({ text, label: 'a' }));
    const { report, rows: written } = await run(rows, { redact: ['email', 'ip'] });
    expect(report).toMatchObject({ written: 1, dropped: { duplicate: 1 }, redacted: { email: 1, ip: 0 } });
    expect(written[0]?.text).toBe('[EMAIL] wrote');
  });
});

describe('languages', () => {
  const texts = {
    en: 'The cat sat on the mat and looked at the dog.',
    de: 'Der Hund lief schnell über die nasse Straße nach Hause.',
    fr: 'Le chat est assis sur la table et regarde le chien.',
    none: '12 34 56',
  };
  const rows = Object.entries(texts).map(([label, text]) => ({ text, label }));

  it('that are not wanted are dropped and counted; what cannot be told is kept, or goes too', async () => {
    const kept = await run(rows, { languages: { keep: ['en', 'de'], unsure: 'keep' } });
    expect(kept.rows.map(({ label }) => label)).toEqual(['en', 'de', 'none']);
    expect(kept.report).toMatchObject({ written: 3, dropped: { language: 1 } });
    const sure = await run(rows, { languages: { keep: ['en', 'de'], unsure: 'drop' } });
    expect(sure.rows.map(({ label }) => label)).toEqual(['en', 'de']);
  });

  it('are those that the library knows', async () => {
    const { eld } = await import('eld/extrasmall');
    expect(Object.values(eld.info().Languages).sort()).toEqual([...languageCodes]);
  });
});

describe('near duplicates', () => {
  const words = (seed: number, count: number): string[] => {
    let state = seed;
    return Array.from({ length: count }, () => `w${(state = (state * 48271) % 2147483647) % 5000}`);
  };
  const settings = { near_duplicates: { threshold: 0.8, words: 3 } };

  it('are all but the first of those that share most of their words', async () => {
    const long = words(7, 200);
    const changed = long.with(100, 'other');
    const half = [...long.slice(0, 100), ...words(8, 100)];
    const rows = [long, changed, half, words(9, 200)].map((each, id) => ({
      id,
      text: each.join(' '),
      label: 'a',
    }));
    const {
      report,
      rows: written,
      root,
    } = await run(rows, { ...settings, fields: { text: 'text', label: 'label', id: 'id' } });
    expect(report.dropped.near_duplicate).toBe(1);
    expect(written.map(({ id }) => id)).toEqual(['0', '2', '3']);
    expect(readdirSync(join(root, 'data/processed')).sort()).toEqual(['report.json', 'rows.jsonl']);
  });

  it('are found by estimated similarity as by the exact one, far from the threshold', async () => {
    const rows: { text: string; label: string; id: string }[] = [];
    const expected: string[] = [];
    for (let pair = 1; pair <= 60; pair++) {
      const base = words(pair * 1000, 100);
      // Each changed word takes three runs of three with it: Jaccard 0.94 after one, 0.55 after ten that lie apart.
      const changes = pair % 2 === 0 ? 1 : 10;
      const other = base.map((word, at) => (at % 10 === 5 && at < changes * 10 ? 'other' : word));
      rows.push(
        { id: `${pair}a`, text: base.join(' '), label: 'a' },
        { id: `${pair}b`, text: other.join(' '), label: 'a' },
      );
      expected.push(`${pair}a`, ...(changes === 10 ? [`${pair}b`] : []));
    }
    const { rows: written } = await run(rows, {
      ...settings,
      fields: { text: 'text', label: 'label', id: 'id' },
    });
    expect(written.map(({ id }) => id)).toEqual(expected);
  });
});

describe('labels', () => {
  const rows = ['1', '1', '2', '3'].map((label, at) => ({ text: `text ${at}`, label }));

  it('are mapped, before texts under different labels are looked for', async () => {
    const { rows: written } = await run([...rows, { text: 'TEXT 0', label: '2' }], {
      label_map: { 1: 'low', 2: 'low' },
    });
    expect(written.map(({ label }) => label)).toEqual(['low', 'low', 'low', '3']);
  });

  it('that are not mapped are dropped, or an error', async () => {
    const { report } = await run(rows, { label_map: { 1: 'low' }, unmapped: 'drop' });
    expect(report).toMatchObject({ written: 2, dropped: { unmapped: 2 } });
    await expect(run(rows, { label_map: { 1: 'low' }, unmapped: 'error' })).rejects.toMatchObject({
      code: 'unmapped-label',
      at: { line: 3 },
    });
  });

  it('are balanced by rows that depend on their texts alone', async () => {
    const many = Array.from({ length: 100 }, (_, at) => ({
      text: `text ${at}`,
      label: at % 10 === 0 ? 'rare' : 'most',
    }));
    const { report, rows: written } = await run(many, { balance: { max_ratio: 2 } });
    expect(report).toMatchObject({ labels: { most: 20, rare: 10 }, dropped: { balance: 70 } });
    const { rows: reversed } = await run([...many].reverse(), { balance: { max_ratio: 2 } });
    expect(new Set(reversed.map(({ id }) => id))).toEqual(new Set(written.map(({ id }) => id)));
    expect((await run(many, { balance: { max_rows: 5 } })).report.labels).toEqual({ most: 5, rare: 5 });
  });
});

it('texts that are too long are dropped', async () => {
  const { report } = await run(
    [
      { text: 'short', label: 'a' },
      { text: 'x'.repeat(50), label: 'a' },
    ],
    { max_characters: 20 },
  );
  expect(report).toMatchObject({ written: 1, dropped: { too_long: 1 } });
});
