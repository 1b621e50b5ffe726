import { PassThrough } from 'node:stream';
import { linesRenderer } from '../../../cli/display/lines-renderer.js';
import { createRenderer, type RunEvent } from '../../../cli/display/index.js';

function text(events: readonly RunEvent[], now: () => number = () => 0): string {
  const out = new PassThrough();
  const renderer = linesRenderer(out, false, now);
  for (const event of events) renderer.show(event);
  return whole(out);
}

/** Since Node 26 a stream's `read` gives one chunk of what is there. */
function whole(out: PassThrough): string {
  let said = '';
  for (let chunk: unknown = out.read(); chunk !== null; chunk = out.read()) said += String(chunk);
  return said;
}

describe('plain lines', () => {
  it('tells a failure with its output, what is kept and how to go on', () => {
    const message =
      'bad: the command failed with exit code 3; its last output:\n  step one\n  it broke\n  log: /p/bad.log';
    const error = { code: 'stage-failed', message, tail: ['step one', 'it broke'] };
    const said = text([
      {
        event: 'end',
        status: 'failed',
        seconds: 4.2,
        stages: [
          { address: 'good', outcome: 'ran', seconds: 1, attempts: 1 },
          { address: 'bad', outcome: 'failed', seconds: 2, attempts: 3, error },
          { address: 'after', outcome: 'blocked', seconds: 0, attempts: 0 },
        ],
      },
    ]);
    expect(said).toBe(
      [
        'bad: the command failed with exit code 3; its last output: (attempt 3)',
        '  step one',
        '  it broke',
        '  log: /p/bad.log',
        'failed in 4.2 s: 1 ran, 1 failed, 1 blocked',
        'kept: what finished is in dvc.lock and the cache, finished checkpoints are in .reprise; the same command goes on from there',
        '',
      ].join('\n'),
    );
  });

  it('compares base and finetuned side by side', () => {
    const values = [
      { name: 'base.accuracy', value: 0.125 },
      { name: 'base.f1', value: 0.1 },
      { name: 'finetuned.accuracy', value: 0.71, previous: 0.7 },
      { name: 'finetuned.f1', value: 0.05 },
      { name: 'rows', value: 400 },
    ];
    expect(text([{ event: 'metrics', path: 'metrics.json', values }])).toBe(
      [
        'metrics.json   base  finetuned   change',
        '  accuracy    0.125      0.710   +0.585',
        '  f1          0.100     0.0500  -0.0500',
        '  rows                     400',
        '',
      ].join('\n'),
    );
  });

  it('shows other metrics beside those in HEAD, where there are any', () => {
    const path = 'metrics.json';
    expect(
      text([
        {
          event: 'metrics',
          path,
          values: [
            { name: 'auc', value: 0.9, previous: 0.85 },
            { name: 'n', value: 5, previous: 5 },
          ],
        },
      ]),
    ).toBe(
      'metrics.json  value  in HEAD   change\n  auc         0.900    0.850  +0.0500\n  n               5        5\n',
    );
    expect(text([{ event: 'metrics', path, values: [{ name: 'auc', value: 0.9 }] }])).toBe(
      'metrics.json  value\n  auc         0.900\n',
    );
  });

  it('writes progress at each tenth of the work, and at least every quarter of a minute', () => {
    let now = 0;
    const steps = Array.from({ length: 100 }, (_, step) => ({
      event: 'progress' as const,
      address: 'train',
      step,
      total: 100,
    }));
    expect(
      text(steps, () => now)
        .split('\n')
        .filter(Boolean),
    ).toHaveLength(10);
    const slow = steps.slice(0, 10).map((event) => ({ ...event, step: 1 }));
    expect(
      text(slow, () => (now += 5_000))
        .split('\n')
        .filter(Boolean),
    ).toHaveLength(4);
  });

  it('says in JSON what it is told, with the time', () => {
    const out = new PassThrough();
    const event: RunEvent = { event: 'report', path: 'reports/a.html' };
    createRenderer({ json: true, out }).show(event);
    const { time, ...rest } = JSON.parse(whole(out)) as { time: string };
    expect(rest).toEqual(event);
    expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(5_000);
  });
});
