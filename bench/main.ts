import { compareLoraStep } from './lora-step/compare.js';
import type { Comparison, Measured } from './measurement.js';
import { formatComparison, formatMeasured } from './format.js';
import { measureManyRuns } from './scale/many-runs.js';
import { measureManyStages } from './scale/many-stages.js';
import { compareStages } from './stages/compare.js';

const STAGES = 100;
/** `--stages=N --runs=N --workers=N` for other sizes of `scale`. */
const SCALE = { stages: 10_000, runs: 500, workers: 8 };

interface Peers {
  /** Has PyTorch and PEFT. */
  readonly python: string;
  readonly dvc: string;
}

type OnRound = (round: number, of: number) => void;

/** `npm run bench -- [name] [--json]`: ours beside a peer, in the same run, as ratios. */
const BENCHMARKS: Readonly<Record<string, (peers: Peers, onRound: OnRound) => Promise<Comparison>>> = {
  // BERT's own dropout, which transformers and PEFT users train with.
  'lora-step': ({ python }, onRound) => compareLoraStep('lora-step', 0.1, python, onRound),
  'lora-step-no-dropout': ({ python }, onRound) =>
    compareLoraStep('lora-step-no-dropout', 0, python, onRound),
  stages: ({ dvc }, onRound) => compareStages(STAGES, dvc, onRound),
};

const args = process.argv.slice(2);
const size = (key: keyof typeof SCALE): number => {
  const given = args.find((arg) => arg.startsWith(`--${key}=`));
  return given === undefined ? SCALE[key] : Number(given.slice(key.length + 3));
};
/** Ours alone: no peer does the same. */
const MEASUREMENTS: Readonly<Record<string, readonly (() => Promise<Measured>)[]>> = {
  scale: [() => measureManyStages(size('stages')), () => measureManyRuns(size('runs'), size('workers'))],
};

const json = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));
const python = process.env['REPRISE_BENCH_PYTHON'];
const unknown = names.find((name) => !(name in BENCHMARKS) && !(name in MEASUREMENTS));
if (unknown !== undefined)
  fail(
    `there is no benchmark ${unknown}; there are: ${Object.keys({ ...BENCHMARKS, ...MEASUREMENTS }).join(', ')}`,
  );
const dvc = process.env['REPRISE_BENCH_DVC'];
if (!python || !dvc)
  fail('REPRISE_BENCH_PYTHON or REPRISE_BENCH_DVC is not set: run `npm run bench`, which installs the peers');

const comparisons: (Comparison | Measured)[] = [];
for (const [name, compare] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const comparison = await compare({ python, dvc }, (round, of) =>
    console.error(`${name}: round ${round} of ${of}`),
  );
  comparisons.push(comparison);
  if (!json) console.log(formatComparison(comparison));
}
for (const [name, measurements] of Object.entries(MEASUREMENTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const measure of measurements) {
    const measured = await measure();
    comparisons.push(measured);
    if (!json) console.log(formatMeasured(measured));
  }
}
if (json) console.log(JSON.stringify(comparisons));

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
