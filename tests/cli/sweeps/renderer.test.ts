import type { SweepEnd, TrialEvent } from '../../../cli/sweeps/events.js';
import { sweepRenderer } from '../../../cli/sweeps/renderer.js';
import { Screen } from '../../rig/screen.js';

const ENV = { LANG: 'en_US.UTF-8', TERM: 'xterm', NO_COLOR: '1' };
const trial = (label: string, status: TrialEvent['status'], more: Partial<TrialEvent> = {}): TrialEvent => ({
  event: 'trial',
  label,
  status,
  params: { 'train.lr': 0.001, 'opt.yaml:name': 'adam\u001B[31m' },
  ...more,
});
const END: SweepEnd = {
  event: 'sweep-end',
  status: 'succeeded',
  id: 's',
  metric: 'm.json:test.acc',
  direction: 'maximize',
  seconds: 75,
  gpuHours: 0,
  best: '002',
  trials: [
    trial('001', 'failed', { reason: 'train: it broke\nmore', seconds: 3 }),
    trial('002', 'done', { value: 0.91234, seconds: 61 }),
  ],
};

async function shown(
  columns: number,
  rows: number,
  act: (show: (event: TrialEvent | SweepEnd) => void) => void,
) {
  const screen = new Screen(columns, rows);
  const renderer = sweepRenderer({ json: false, env: ENV, out: screen });
  renderer.show({
    event: 'sweep',
    id: 's',
    method: 'grid',
    metric: 'm.json:test.acc',
    direction: 'maximize',
  });
  act((event) => renderer.show(event));
  await new Promise((resolve) => setTimeout(resolve, 600));
  renderer.close();
  return screen;
}

describe('a sweep on a terminal', () => {
  it('ends with a table of all trials, the best marked, and nothing of the live one left', async () => {
    const screen = await shown(100, 30, (show) => {
      show(trial('001', 'running'));
      show(END);
    });
    expect(screen.text()).toEqual([
      'sweep s: grid, to maximize m.json:test.acc',
      '   trial     lr  name    acc   time',
      '✗  001    0.001  adam         3.0 s  train: it broke',
      '✓  002 *  0.001  adam  0.912   1:01',
      'sweep s succeeded in 1:15',
      'best: trial 002, m.json:test.acc 0.912',
      'take it: reprise sweep apply s; all of them: dvc exp show',
    ]);
  });

  it('shows the newest trials while it runs, however many there are', async () => {
    let live: string[] = [];
    const screen = new Screen(60, 8);
    const renderer = sweepRenderer({ json: false, env: ENV, out: screen });
    for (let i = 1; i <= 40; i++)
      renderer.show(trial(String(i).padStart(3, '0'), 'done', { value: i, seconds: 1 }));
    renderer.show(trial('041', 'running'));
    renderer.show({
      event: 'trial-progress',
      label: '041',
      address: 'train',
      step: 3,
      total: 9,
      metrics: { loss: 0.5 },
    });
    await new Promise((resolve) => setTimeout(resolve, 600));
    live = screen.text();
    renderer.close();
    expect(live.at(-1)).toBe('40 of 41 trials ended');
    expect(live.at(-2)).toMatch(/^● {2}041 .* train 3\/9 {2}loss 0\.5/);
    expect(live.length).toBeLessThanOrEqual(8);
  });
});
