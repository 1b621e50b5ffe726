// @ts-check

const MODELS = ['minilm', 'bert-base', 'gpt2', 'resnet50'];
const METHODS = ['full', 'lora', 'qlora', 'adapter'];
const COUNT = /^[1-9]\d*$/;
const SHARE = /^(?:0|0?\.\d+)$/;

/**
 * @typedef {object} Benchmark
 * @property {string} about
 * @property {readonly ('python' | 'dvc' | 'metaflow' | 'serving')[]} peers installed before it runs
 * @property {Readonly<Record<string, readonly string[] | RegExp | true>>} options what each may be; true: it has no value
 */

/** @type {Readonly<Record<string, Benchmark>>} */
const BENCHMARKS = {
  finetuning: {
    about: 'one training step, beside PyTorch and PEFT',
    peers: ['python'],
    options: {
      model: MODELS,
      method: METHODS,
      precision: ['float32', 'bfloat16'],
      dropout: SHARE,
      rounds: COUNT,
      'compiled-peer': true,
    },
  },
  generation: {
    about: 'texts that GPT-2 writes, beside transformers',
    peers: ['python'],
    options: { rounds: COUNT },
  },
  serving: {
    about: '`reprise serve` under load, beside FastAPI and PyTorch',
    peers: ['serving'],
    options: { task: ['classification', 'completions'], rounds: COUNT },
  },
  stages: {
    about: 'what is around a stage, beside `dvc repro` and Metaflow',
    peers: ['dvc', 'metaflow'],
    options: { rounds: COUNT },
  },
  scale: {
    about: 'one run of many stages, and many runs at once; ours alone',
    peers: [],
    options: { stages: COUNT, runs: COUNT, workers: COUNT },
  },
  memory: {
    about: 'what one worker holds over runs of many stages, and over many runs; ours alone',
    peers: [],
    options: { stages: COUNT, runs: COUNT },
  },
  rows: {
    about: 'memory and time of the data stages over many rows; ours alone',
    peers: [],
    options: { rows: COUNT },
  },
};

/** @typedef {{ readonly error: string } | { readonly help: true } | { readonly peers: ReadonlySet<'python' | 'dvc' | 'metaflow' | 'serving'> }} BenchArguments */

/**
 * Looks at what `npm run bench` is given before anything is installed or run.
 *
 * @param {readonly string[]} args
 * @returns {BenchArguments}
 */
export function readBenchArguments(args) {
  if (args.includes('--help') || args.includes('-h')) return { help: true };
  const names = args.filter((arg) => !arg.startsWith('-'));
  const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name));
  if (unknown !== undefined) return { error: `there is no benchmark ${unknown}` };
  const chosen = Object.entries(BENCHMARKS)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .map(([, benchmark]) => benchmark);
  const options = Object.assign({ json: true }, ...chosen.map((benchmark) => benchmark.options));
  for (const arg of args.filter((one) => one.startsWith('-'))) {
    const [, name = '', value] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (!Object.hasOwn(options, name)) return { error: `there is no option ${arg}` };
    if (!fits(options[name], value)) return { error: `--${name} is ${said(options[name])}, not ${arg}` };
  }
  return { peers: new Set(chosen.flatMap(({ peers }) => peers)) };
}

/**
 * @param {readonly string[] | RegExp | true} kind
 * @param {string | undefined} value
 */
function fits(kind, value) {
  if (kind === true) return value === undefined;
  if (value === undefined) return false;
  return kind instanceof RegExp ? kind.test(value) : kind.includes(value);
}

/** @param {readonly string[] | RegExp | true} kind */
function said(kind) {
  if (kind === true) return 'given without a value';
  if (kind === COUNT) return 'a whole number from 1';
  if (kind === SHARE) return 'from 0 to below 1';
  return `one of ${/** @type {readonly string[]} */ (kind).join(', ')}`;
}

/** @returns {string} */
export function benchUsage() {
  const lines = Object.entries(BENCHMARKS).map(([name, { about, options }]) => {
    const given = Object.entries(options).map(
      ([key, kind]) => `[--${key}${kind === true ? '' : `=${shown(kind)}`}]`,
    );
    return `  ${name.padEnd(11)} ${about}${given.length > 0 ? `\n${' '.repeat(14)}${given.join(' ')}` : ''}`;
  });
  return [
    'usage: npm run bench -- [name …] [--json] [option …]',
    '',
    'Without a name, all of them:',
    ...lines,
    '',
  ].join('\n');
}

/** @param {readonly string[] | RegExp} kind */
function shown(kind) {
  if (kind === COUNT) return 'N';
  if (kind === SHARE) return '0.1';
  return /** @type {readonly string[]} */ (kind).join('|');
}
