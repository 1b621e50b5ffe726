import { sweepInput, type SweepOptions, type TrialState } from '../../../workflows/index.js';
import { bestOf, createSearch, untilOf } from '../../../workflows/sweep/search/index.js';
import { splitMix } from '../../../workflows/sweep/search/split-mix.js';
import { shouldStop, withReport } from '../../../workflows/sweep/median-rule.js';
import type { Report } from '../../../workflows/sweep/trial.js';
import { SplitMix64, successiveHalving } from './reference.js';

const options = (input: object): SweepOptions => sweepInput.parse({ metric: 'm.json:v', ...input });

/** Runs a search to its end, one trial at a time. */
function runAll(asked: SweepOptions, value: (trial: TrialState) => number | undefined): TrialState[] {
  const search = createSearch(asked);
  const trials: TrialState[] = [];
  for (;;) {
    const next = search(trials);
    if (!next) return trials;
    const trial: TrialState = {
      ...next,
      label: `${next.number}-${next.rung}`,
      status: 'done',
      startedAt: 0,
      finishedAt: 1,
    };
    const found = value(trial);
    trials.push(found === undefined ? { ...trial, status: 'failed' } : { ...trial, value: found });
  }
}

describe('draws', () => {
  it('are those of SplitMix64, in any order', () => {
    // The first outputs for the seed 1234567, as published with the reference implementation in C.
    const reference = new SplitMix64(1234567);
    const published = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n];
    expect(published.map(() => reference.next())).toEqual(published);
    const drawn = new SplitMix64(7);
    const inOrder = Array.from({ length: 1000 }, () => drawn.uniform());
    expect(inOrder.map((_, i) => splitMix(7, i))).toEqual(inOrder);
  });

  it('fill each space, by its own measure', () => {
    const asked = options({
      method: 'random',
      maxTrials: 1000,
      seed: 3,
      params: {
        a: { uniform: [2, 4] },
        b: { loguniform: [1e-5, 1e-1] },
        c: { int: [4, 16], step: 4 },
        d: ['adam', 'sgd', null],
      },
    });
    const trials = runAll(asked, () => 0);
    expect(trials).toHaveLength(1000);
    const of = (name: string) => trials.map((trial) => trial.params[name]);
    const share = (name: string, test: (value: number) => boolean) =>
      (of(name) as number[]).filter(test).length / trials.length;
    expect((of('a') as number[]).every((value) => value >= 2 && value <= 4)).toBe(true);
    expect(share('a', (value) => value < 3)).toBeCloseTo(0.5, 1);
    expect((of('b') as number[]).every((value) => value >= 1e-5 && value <= 1e-1)).toBe(true);
    expect(share('b', (value) => value < 1e-3)).toBeCloseTo(0.5, 1);
    expect(new Set(of('c'))).toEqual(new Set([4, 8, 12, 16]));
    expect(share('c', (value) => value === 16)).toBeCloseTo(0.25, 1);
    expect(new Set(of('d'))).toEqual(new Set(['adam', 'sgd', null]));
    // A trial's draws do not depend on how many trials there are.
    expect(runAll({ ...asked, maxTrials: 5 }, () => 0).map(({ params }) => params)).toEqual(
      trials.slice(0, 5).map(({ params }) => params),
    );
  });
});

describe('successive halving', () => {
  it.each([
    [9, 1, 9, 3],
    [27, 1, 27, 3],
    [16, 2, 20, 2],
    [10, 3, 100, 4],
    [2, 1, 9, 3],
  ])('of %i trials from %i to %i by %i is what the reference does', (maxTrials, min, max, eta) => {
    const asked = options({
      method: 'asha',
      maxTrials,
      seed: maxTrials,
      params: { x: { uniform: [0, 1] } },
      asha: { resource: 'epochs', min, max, eta },
    });
    const values = new SplitMix64(99);
    const table = new Map<string, number>();
    const score = (number: number, rung: number): number => {
      const key = `${number} ${rung}`;
      if (!table.has(key)) table.set(key, values.uniform());
      return table.get(key) as number;
    };
    const trials = runAll(asked, ({ number, rung }) => score(number, rung));
    const rungs = Math.floor(Math.log(max / min) / Math.log(eta) + 1e-9) + 1;
    expect(trials.map(({ number, rung }) => [number, rung])).toEqual(
      successiveHalving(maxTrials, rungs, eta, score),
    );
    for (const { number, rung, params } of trials) {
      expect(params['epochs']).toBe(min * eta ** rung);
      expect(params['x']).toBe(trials.find((trial) => trial.number === number)?.params['x']);
    }
  });

  it('counts what failed as the last of its rung', () => {
    const asked = options({
      method: 'asha',
      maxTrials: 6,
      params: { x: [1, 2] },
      asha: { resource: 'epochs', max: 3, eta: 3 },
    });
    const trials = runAll(asked, ({ number }) => (number % 2 === 0 ? undefined : number));
    expect(trials.filter(({ rung }) => rung === 1).map(({ number }) => number)).toEqual([3, 5]);
  });
});

describe('successive halving by what trials report', () => {
  const asked = options({
    method: 'asha',
    maxTrials: 4,
    params: { x: [1, 2] },
    asha: { resource: 'epochs', max: 8, eta: 2, report: {} },
  });
  const ended = (trial: TrialState): boolean => trial.rung === 3;
  /** One trial at a time: stopped at its rung with a loss, or done. */
  function halve(sweep: SweepOptions, loss: (number: number) => number | undefined): TrialState[] {
    const search = createSearch(sweep);
    const trials: TrialState[] = [];
    for (;;) {
      const next = search(trials);
      if (!next) return trials;
      const trial: TrialState = { ...next, label: '', status: 'stopped', startedAt: 0, finishedAt: 1 };
      const value = loss(next.number);
      if (value === undefined) trials.push({ ...trial, status: 'failed' });
      else if (ended(trial)) trials.push({ ...trial, status: 'done', value });
      else trials.push({ ...trial, reached: { step: 1, total: 8, value } });
    }
  }

  it('begins each with all of the resource, and stops it at its rung', () => {
    const trials = halve(asked, (number) => [3, 1, 2, 4][number - 1]);
    expect(trials.map(({ params }) => params['epochs'])).toEqual(trials.map(() => 8));
    expect([0, 1, 2, 3].map((rung) => untilOf(asked.asha as never, rung))).toEqual([
      { metric: 'eval_loss', part: 1 / 8 },
      { metric: 'eval_loss', part: 1 / 4 },
      { metric: 'eval_loss', part: 1 / 2 },
      undefined,
    ]);
  });

  it('promotes the lowest losses, and brings the best of them to its end', () => {
    const trials = halve(asked, (number) => [3, 1, 2, 4][number - 1]);
    // As the reference has it, but for the last: it alone is left, and half of one is none.
    expect(trials.map(({ number, rung }) => [number, rung])).toEqual([
      ...successiveHalving(4, 4, 2, (number) => -([3, 1, 2, 4][number - 1] ?? 0)),
      [2, 3],
    ]);
    expect(bestOf(trials, asked)).toMatchObject({ number: 2, rung: 3 });
  });

  it('ends when nothing that could go on is left', () => {
    expect(halve(asked, () => undefined).map(({ rung }) => rung)).toEqual([0, 0, 0, 0]);
  });

  it('takes whatever came to its end for trained to its end', () => {
    const trial = { label: '', params: {}, status: 'done', startedAt: 0, finishedAt: 1 } as const;
    const restored = { ...trial, number: 1, rung: 0, value: 0.9 };
    const trained = { ...trial, number: 2, rung: 3, value: 0.8 };
    expect(bestOf([restored, trained], asked)).toBe(restored);
    expect(bestOf([restored, trained], { ...asked, asha: undefined })).toBe(trained);
  });
});

describe('the median rule', () => {
  const rule = { metric: 'loss', direction: 'minimize', minSteps: 10, minTrials: 3 } as const;
  const reports = (...pairs: [number, number][]): readonly Report[] =>
    pairs.reduce<readonly Report[]>((all, [step, value]) => withReport(all, { step, value }, rule), []);
  const others = [
    reports([5, 3], [10, 1], [20, 0.5]),
    reports([10, 2], [20, 1.8]),
    reports([10, 3], [15, 9]),
  ];

  it('compares the best so far with the median of the others at that step', () => {
    expect(shouldStop(reports([10, 2.1]), 10, others, rule)).toBe(true);
    expect(shouldStop(reports([10, 2]), 10, others, rule)).toBe(false);
    // Its best counts, not its last.
    expect(shouldStop(reports([5, 1.9], [10, 8]), 10, others, rule)).toBe(false);
    expect(shouldStop(reports([20, 1.9]), 20, others, rule)).toBe(true);
  });

  it('waits for enough steps and enough trials', () => {
    expect(shouldStop(reports([9, 99]), 9, others, rule)).toBe(false);
    expect(shouldStop(reports([10, 99]), 10, others.slice(1), rule)).toBe(false);
    expect(shouldStop([], 10, others, rule)).toBe(false);
  });
});

describe('the input', () => {
  it.each([
    [{}, 'params'],
    [{ params: {} }, 'params'],
    [{ params: { x: [] } }, 'params.x'],
    [{ params: { x: { uniform: [0, 1] } } }, 'params.x'],
    [{ params: { x: { int: [3, 1] } } }, 'params.x'],
    [{ params: { x: { int: [0.5, 1] } } }, 'params.x'],
    [{ params: { x: { loguniform: [0, 1] } }, method: 'random' }, 'params.x'],
    [{ params: { x: { int: [1, 5000] } } }, 'params'],
    [{ params: { x: [1] }, method: 'asha' }, 'asha'],
    [{ params: { x: [1] }, asha: { resource: 'e', max: 3 } }, 'asha'],
    [{ params: { x: [1] }, method: 'asha', asha: { resource: 'x', max: 3 } }, 'asha.resource'],
    [{ params: { x: [1] }, method: 'asha', asha: { resource: 'e', min: 4, max: 3 } }, 'asha.min'],
    [{ params: { x: [1] }, maxTrials: 1001 }, 'maxTrials'],
    [{ params: { x: [1] }, metric: 'accuracy' }, 'metric'],
    [{ params: { x: [1] }, jobs: 0 }, 'jobs'],
    [{ params: { x: [1] }, budgetHours: -1 }, 'budgetHours'],
    [{ params: { x: [1] }, earlyStopping: { minTrials: 0 } }, 'earlyStopping.minTrials'],
    [{ params: { x: [1] }, name: '../x' }, 'name'],
    [{ params: { x: [1] }, carried: {} }, 'carried'],
    [{ params: { x: [{ deep: 1 }] } }, 'params.x'],
  ])('%j is refused at %s', (input, field) => {
    const { error } = sweepInput.safeParse({ metric: 'm.json:v', ...input });
    expect(error?.issues[0]?.path.join('.')).toBe(field);
  });
});
