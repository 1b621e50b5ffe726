import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createProgressReporter, formatFigure, formatSeconds } from '../../../cli/progress/index.js';

interface Rig {
  readonly out: () => string;
  readonly err: () => string;
  readonly clock: { ms: number };
  readonly options: Parameters<typeof createProgressReporter>[0];
}

function rig(overrides: { tty?: boolean; columns?: number; json?: boolean; file?: string } = {}): Rig {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), {
    isTTY: overrides.tty ?? false,
    columns: overrides.columns ?? 120,
  });
  const texts = { out: '', err: '' };
  stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const clock = { ms: 0 };
  return {
    out: () => texts.out,
    err: () => texts.err,
    clock,
    options: {
      json: overrides.json ?? false,
      env: overrides.file === undefined ? {} : { REPRISE_PROGRESS: overrides.file },
      stdout,
      stderr,
      now: () => clock.ms,
    },
  };
}

describe('the progress reporter', () => {
  it('appends JSON lines to the file that REPRISE_PROGRESS names, whatever else it shows', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'progress-')), 'progress.jsonl');
    const { options } = rig({ file });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 1, total: 2, message: 'training', metrics: { loss: 0.5 } });
    reporter.update({ step: 2, total: 2, message: 'training', metrics: { loss: 0.25 } });
    reporter.done();
    expect(
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { step: 1, total: 2, message: 'training', metrics: { loss: 0.5 } },
      { step: 2, total: 2, message: 'training', metrics: { loss: 0.25 } },
    ]);
  });

  it('goes on when that file cannot be written', () => {
    const { options, err } = rig({ file: '/nonexistent/folder/progress.jsonl' });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 1, total: 1, message: 'reading' });
    reporter.done();
    expect(err()).toBe('reading: 1/1\n');
  });

  it('writes one JSON object per line on stdout with --json, and nothing on stderr', () => {
    const { options, out, err } = rig({ json: true, tty: true });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 3, message: 'reading' });
    reporter.log('read 3 rows');
    reporter.done();
    expect(out()).toBe(
      '{"event":"progress","step":3,"message":"reading"}\n{"event":"log","message":"read 3 rows"}\n',
    );
    expect(err()).toBe('');
  });

  it('draws a bar with figures, speed and time left on a terminal', () => {
    const { options, err, clock } = rig({ tty: true });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 100, total: 300, message: 'training', metrics: { loss: 1.2345 } });
    clock.ms = 25_000;
    reporter.update({ step: 200, total: 300, message: 'training', metrics: { loss: 1.0001 } });
    reporter.done();
    const frames = err().split('\r\u001b[2K');
    expect(frames[1]).toBe('training ━━━━━━━━────────────────  33 % 100/300 · loss 1.23');
    // 100 steps in 25 s, though 100 more were done before this process began.
    expect(frames[2]).toBe('training ━━━━━━━━━━━━━━━━────────  66 % 200/300 · loss 1.00 · 4/s · 0:25 left\n');
  });

  it('never draws past the edge of the terminal, and keeps logged lines above the bar', () => {
    const { options, err } = rig({ tty: true, columns: 30 });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 1, total: 3, message: 'preprocessing a long name' });
    reporter.log('saved');
    reporter.done();
    const frames = err().split('\r\u001b[2K');
    expect(frames.slice(1).map((frame) => frame.trimEnd())).toEqual([
      'preprocessing a long name ━━━',
      'saved',
      'preprocessing a long name ━━━',
    ]);
  });

  it('writes plain lines elsewhere: one at each tenth and the last, not one per row', () => {
    const { options, err, clock } = rig();
    const reporter = createProgressReporter(options);
    for (let row = 0; row <= 100_000; row++) {
      clock.ms = row / 4;
      reporter.update({ step: row, total: 100_000, message: 'reading' });
    }
    reporter.done();
    const lines = err().trimEnd().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe('reading: 0/100000');
    expect(lines[10]).toBe('reading: 100000/100000');
    expect(err()).not.toContain('\u001b');
  });

  it('says the last word about one piece of work before the next begins', () => {
    const { options, out } = rig({ json: true });
    const reporter = createProgressReporter(options);
    reporter.update({ step: 1, message: 'reading' });
    reporter.update({ step: 2, message: 'reading' });
    reporter.update({ step: 0, message: 'writing' });
    reporter.done();
    reporter.done();
    expect(
      out()
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { step: number; message: string }).step),
    ).toEqual([1, 2, 0]);
  });

  it('formats times and figures for people', () => {
    expect([5, 75, 3675].map(formatSeconds)).toEqual(['0:05', '1:15', '1:01:15']);
    expect([12, 0.41234, 1234.5, 0.00001, Number.NaN].map(formatFigure)).toEqual([
      '12',
      '0.412',
      '1235',
      '1.00e-5',
      'NaN',
    ]);
  });
});
