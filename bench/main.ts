import { compareTraining } from './finetuning/compare.js';
import { METHODS, MODELS, settingOf, type MethodName, type ModelName } from './finetuning/setting.js';
import type { Comparison, Measured } from './measurement.js';
import { compareGeneration } from './generation/compare.js';
import { formatComparison, formatMeasured } from './format.js';
import { measureManyRows } from './scale/many-rows.js';
import { measureManyRuns } from './scale/many-runs.js';
import { measureManyStages } from './scale/many-stages.js';
import { measureWorkerMemory } from './scale/worker-memory.js';
import { compareClassification } from './serving/classification.js';
import { compareCompletions } from './serving/completions.js';
import { compareStages } from './stages/compare.js';

const STAGES = 100;
/** `--stages=N --runs=N --workers=N` for other sizes of `scale`, `--rows=N` of `rows`. */
const SCALE = { stages: 10_000, runs: 500, workers: 8, rows: 5_000_000 };
/** The same options have other defaults for `memory`. */
const MEMORY = { stages: 3_000, runs: 100 };

interface Peers {
  /** Has PyTorch and PEFT. */
  readonly python: string;
  readonly dvc: string;
  /** A Python that has it. */
  readonly metaflow: string;
  /** Has FastAPI too. */
  readonly serving: string;
}

const peers: Peers = {
  get python() {
    return peer('REPRISE_BENCH_PYTHON');
  },
  get dvc() {
    return peer('REPRISE_BENCH_DVC');
  },
  get metaflow() {
    return peer('REPRISE_BENCH_METAFLOW_PYTHON');
  },
  get serving() {
    return peer('REPRISE_BENCH_SERVING_PYTHON');
  },
};

function peer(variable: string): string {
  return (
    process.env[variable] || fail(`${variable} is not set: run \`npm run bench\`, which installs the peers`)
  );
}

type OnRound = (round: number, of: number) => void;
type Benchmark = (peers: Peers, onRound: OnRound) => Promise<readonly Comparison[]>;

/** `infra/bench.mjs` has looked at them. */
const args = process.argv.slice(2);
const option = (key: string): string | undefined =>
  args.find((arg) => arg.startsWith(`--${key}=`))?.slice(key.length + 3);
const size = (key: keyof typeof SCALE, otherwise = SCALE[key]): number => Number(option(key) ?? otherwise);
/** Of `finetuning`: `--model=M --method=X --precision=bfloat16 --dropout=0.1 --rounds=N --compiled-peer`; all cells in their absence. */
function cells(): readonly (readonly [ModelName, MethodName])[] {
  const models = oneOf('model', MODELS);
  const methods = oneOf('method', METHODS);
  return models.flatMap((model) => methods.map((method) => [model, method] as const));
}

function oneOf<T extends string>(key: string, known: readonly T[]): readonly T[] {
  const given = option(key);
  if (given === undefined) return known;
  return known.includes(given as T) ? [given as T] : fail(`--${key} is one of: ${known.join(', ')}`);
}

const compareCells: Benchmark = async ({ python }, onRound) => {
  const precision = option('precision') === 'bfloat16' ? 'bfloat16' : 'float32';
  const dropout = Number(option('dropout') ?? 0);
  const rounds = Number(option('rounds') ?? 3);
  const compiledPeer = args.includes('--compiled-peer');
  const comparisons: Comparison[] = [];
  for (const [model, method] of cells()) {
    // No library has adapters for ResNet.
    if (model === 'resnet50' && method === 'adapter') continue;
    const setting = settingOf(model, method, precision, dropout);
    comparisons.push(await compareTraining(setting, python, { rounds, compiledPeer }, onRound));
  }
  return comparisons;
};

/** `npm run bench -- [name] [--json]`: ours beside a peer, in the same run, as ratios. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  finetuning: compareCells,
  generation: async ({ python }, onRound) => {
    const rounds = Number(option('rounds') ?? 3);
    const comparisons: Comparison[] = [];
    for (const rows of [1, 4]) comparisons.push(await compareGeneration(rows, python, rounds, onRound));
    return comparisons;
  },
  serving: async ({ serving }, onRound) => {
    const kinds = oneOf('task', ['classification', 'completions'] as const);
    const rounds = Number(option('rounds') ?? 1);
    return [
      ...(kinds.includes('classification') ? await compareClassification(serving, onRound) : []),
      ...(kinds.includes('completions') ? await compareCompletions(serving, rounds, onRound) : []),
    ];
  },
  stages: (peers, onRound) => compareStages(STAGES, peers, Number(option('rounds') ?? 3), onRound),
};

/** Ours alone: no peer does the same. */
const MEASUREMENTS: Readonly<Record<string, readonly (() => Promise<Measured>)[]>> = {
  rows: [() => measureManyRows(size('rows'))],
  memory: [() => measureWorkerMemory(size('stages', MEMORY.stages), size('runs', MEMORY.runs))],
  scale: [() => measureManyStages(size('stages')), () => measureManyRuns(size('runs'), size('workers'))],
};

const json = args.includes('--json');
const names = args.filter((arg) => !arg.startsWith('--'));

const comparisons: (Comparison | Measured)[] = [];
for (const [name, compare] of Object.entries(BENCHMARKS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const found = await compare(peers, (round, of) => console.error(`${name}: round ${round} of ${of}`));
  comparisons.push(...found);
  if (!json) for (const comparison of found) console.log(formatComparison(comparison));
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
