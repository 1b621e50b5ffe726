import { DiagnosticError, parseWith, readYaml, type YamlDocument } from '../../diagnostics/index.js';
import { sweepFile, sweepInput, type SweepInput } from '../../workflows/index.js';
import { parseParam } from './parse-space.js';

/** What the options of `reprise sweep run` say; what they leave out the file says, or else it has its default. */
export interface SweepFlags {
  readonly file?: string;
  readonly param?: readonly string[];
  readonly metric?: string;
  readonly direction?: string;
  readonly method?: string;
  readonly maxTrials?: number;
  readonly seed?: number;
  readonly jobs?: number;
  readonly budgetHours?: number;
  readonly budgetGpuHours?: number;
  /** `finetuning.num_epochs=1..27`. */
  readonly resource?: string;
  readonly eta?: number;
  /** `eval_loss`, or `eval_accuracy:maximize`. */
  readonly report?: string;
  /** `loss`, or `accuracy:maximize`. */
  readonly earlyStop?: string;
  readonly name?: string;
  readonly applyBest?: boolean;
  readonly cpuFallback?: boolean;
  readonly labelTimeout?: number;
}

/**
 * The workflow's input, checked.
 *
 * @throws DiagnosticError `bad-sweep`, at the line of the file where the mistake is there; `bad-param`, `yaml-syntax`
 */
export function readSweepInput(flags: SweepFlags, targets: readonly string[]): SweepInput {
  const yaml = flags.file === undefined ? undefined : readYaml(flags.file);
  const file = yaml ? readFile(yaml) : {};
  const asked = { ...file, ...fromFlags(flags, file), ...(targets.length > 0 ? { targets } : {}) };
  const { error } = sweepInput.safeParse(asked);
  const issue = error?.issues[0];
  if (!issue) return asked as SweepInput;
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const field = path.join('.');
  throw new DiagnosticError('bad-sweep', {
    message: `${field || 'the sweep'}: ${issue.message}`,
    ...(yaml && has(file, path) ? { at: yaml.locate(path) } : {}),
    fix: FIXES[String(path[0])] ?? `correct ${field || 'the options'}`,
  });
}

function readFile(yaml: YamlDocument): Partial<SweepInput> {
  const value = yaml.toJS() ?? {};
  parseWith(sweepFile, value, 'bad-sweep', yaml);
  return value as Partial<SweepInput>;
}

const FIXES: Readonly<Record<string, string>> = {
  params:
    'name what to try: --param finetuning.learning_rate=1e-4,3e-4 (or under params in a file, with --file)',
  metric: 'name what trials are compared by: --metric metrics.json:accuracy',
  asha: 'name what a trial may use more of: --resource finetuning.num_epochs=1..27',
};

function fromFlags(flags: SweepFlags, file: Partial<SweepInput>): object {
  const { metric, direction, method, maxTrials, seed, jobs, budgetHours, budgetGpuHours, name } = flags;
  const { applyBest, cpuFallback, labelTimeout } = flags;
  const plain = {
    ...{ metric, direction, method, maxTrials, seed, jobs, budgetHours, budgetGpuHours, name },
    ...{ applyBest, cpuFallback, labelTimeout },
  };
  return {
    ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
    ...(flags.param?.length ? { params: Object.fromEntries(flags.param.map(parseParam)) } : {}),
    ...(flags.resource === undefined && flags.eta === undefined && flags.report === undefined
      ? {}
      : {
          asha: {
            ...file.asha,
            ...resource(flags.resource),
            ...(flags.eta === undefined ? {} : { eta: flags.eta }),
            ...(flags.report === undefined ? {} : { report: reported(flags.report) }),
          },
        }),
    ...(flags.earlyStop === undefined
      ? {}
      : { earlyStopping: { ...file.earlyStopping, ...reported(flags.earlyStop) } }),
  };
}

function resource(text: string | undefined): object {
  if (text === undefined) return {};
  const [, name, min, max] = /^(.+)=(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (name !== undefined) return { resource: name, min: Number(min), max: Number(max) };
  throw new DiagnosticError('bad-param', {
    message: `--resource ${text} does not say how much a trial begins and ends with`,
    expected: 'name=min..max, such as finetuning.num_epochs=1..27',
    fix: 'name the param, =, and two whole numbers',
  });
}

function reported(text: string): object {
  const [, metric = text, direction] = /^(.*):(maximize|minimize)$/.exec(text) ?? [];
  return { metric, ...(direction === undefined ? {} : { direction }) };
}

function has(value: unknown, path: readonly (string | number)[]): boolean {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !(step in at)) return false;
    at = (at as Record<string | number, unknown>)[step];
  }
  return path.length > 0;
}
