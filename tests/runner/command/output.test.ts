import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProgressFile } from '../../../runner/command/progress-file.js';
import { redactor } from '../../../runner/command/redact.js';
import { Tail } from '../../../runner/command/tail.js';

describe('Tail', () => {
  it('keeps the last lines, across chunks, and of a progress bar what it last showed', () => {
    const tail = new Tail(3);
    for (const chunk of ['one\ntw', 'o\nthr', 'ee\n', '1%\r50%\r100%\n', 'rest']) tail.push(chunk);
    expect(tail.lines()).toEqual(['three', '100%', 'rest']);
  });
});

describe('redactor', () => {
  it('masks the values of variables with secret names, the longest first', () => {
    const redact = redactor({
      HF_TOKEN: 'hf_abcdef',
      AWS_SECRET_ACCESS_KEY: 'hf_abcdef123',
      HOME: '/home/someone',
      MY_TOKEN: 'x',
    });
    expect(redact('use hf_abcdef123 or hf_abcdef in /home/someone, x')).toBe(
      'use *** or *** in /home/someone, x',
    );
  });
});

describe('redactor, of what is secret in part', () => {
  const redact = redactor({
    DATABASE_URL: 'postgres://me:pa%40ss-word@db/x',
    HTTPS_PROXY: 'http://me:pw@proxy:3128',
    REPRISE_API_KEYS: 'first-key, second-key',
    SLACK_WEBHOOK_URL: 'https://hooks.example.com/T0/B0/xyz',
    HOMEPAGE: 'https://example.com/a',
  });

  it.each([
    ['no route to postgres://me:pa%40ss-word@db/x', 'no route to postgres://***db/x'],
    ['user me, password pa@ss-word', 'user me, password ***'],
    ['via http://me:pw@proxy:3128', 'via http://***proxy:3128'],
    ['second-key was used', '*** was used'],
    ['posting to https://hooks.example.com/T0/B0/xyz', 'posting to ***'],
    ['see https://example.com/a', 'see https://example.com/a'],
  ])('%s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });
});

describe('ProgressFile', () => {
  it('gives each whole line once, and passes over what is no progress', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'reprise-progress-')), 'progress.jsonl');
    const file = new ProgressFile(path);
    expect(await file.read()).toEqual([]);
    writeFileSync(
      path,
      '{"step":1,"total":4,"metrics":{"loss":0.5}}\nnot json\n{"step":"x"}\n{"step":2,"mess',
    );
    expect(await file.read()).toEqual([{ step: 1, total: 4, metrics: { loss: 0.5 } }]);
    appendFileSync(path, 'age":"é"}\n');
    expect(await file.read()).toEqual([{ step: 2, message: 'é' }]);
    expect(await file.read()).toEqual([]);
    await file.close();
  });
});
