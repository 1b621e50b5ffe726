import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SWEEP_RECORDS, editRecord, readRecords, sweepRecordRef } from '../../workspaces/index.js';

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' });

describe('records in a repository', () => {
  const url = mkdtempSync(join(tmpdir(), 'reprise-records-'));
  const ref = sweepRecordRef('a'.repeat(40), 'tried');
  const read = async (): Promise<Record<string, string>> =>
    Object.fromEntries(await readRecords(url, SWEEP_RECORDS));
  beforeAll(() => void git('init', '--quiet', '--bare', url));

  it('has none at first', async () => {
    expect(await read()).toEqual({});
  });

  it('keeps what is edited, under a ref that no clone fetches', async () => {
    await editRecord({ url, ref, edit: (before) => `${before ?? 'first'}\n` });
    await editRecord({ url, ref, edit: (before) => `${before}second\n` });
    expect(await read()).toEqual({ [ref]: 'first\nsecond\n' });
    const clone = mkdtempSync(join(tmpdir(), 'reprise-clone-'));
    git('clone', '--quiet', url, clone);
    expect(git('-C', clone, 'for-each-ref')).toBe('');
    const before = git('ls-remote', url);
    await editRecord({ url, ref, edit: (text) => text as string });
    expect(git('ls-remote', url)).toBe(before);
  });

  it('loses nothing of edits side by side', async () => {
    const lines = ['a', 'b', 'c', 'd'];
    const shared = sweepRecordRef('b'.repeat(40), 'shared');
    await Promise.all(
      lines.map((line) => editRecord({ url, ref: shared, edit: (before = '') => `${before}${line}\n` })),
    );
    expect((await read())[shared]?.split('\n').sort()).toEqual(['', ...lines]);
  });

  it('says what git says of a repository that is not there', async () => {
    await expect(readRecords(`${url}-gone`, SWEEP_RECORDS)).rejects.toMatchObject({ code: 'git-failed' });
  });
});
