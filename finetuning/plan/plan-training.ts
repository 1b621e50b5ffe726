import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gpuMemory } from '../../compute/index.js';
import {
  finetuningMethods,
  withMethod,
  type FinetuningConfig,
  type FinetuningMethod,
} from '../../configs/index.js';
import { DiagnosticError, type Locator } from '../../diagnostics/index.js';
import { createMethod } from '../methods/create-method.js';
import { readNetwork } from '../models/read-network.js';
import { checkSettings } from '../training/check-settings.js';
import { readHead } from '../training/examples/head.js';
import { openDataset } from '../training/examples/open-dataset.js';
import { createOptimizer } from '../training/optimizers/create-optimizer.js';
import { gigabytes } from './gigabytes.js';
import {
  availableMemory,
  countParameters,
  fixedMemory,
  type FixedMemory,
  type ParameterCounts,
} from './memory-parts.js';
import type { MeasuredSteps, MeasureRequest } from './measured-steps.js';

export interface PlanOptions {
  readonly config: FinetuningConfig;
  readonly trainFile: string;
  readonly valFile: string;
  readonly modelDir: string;
  readonly projectDir: string;
  /** An adapter that is trained further. */
  readonly adapterDir?: string;
  /** Where the settings are written, for messages. */
  readonly places?: Locator;
}

/** What a training will take. Bytes and seconds. */
export interface TrainingPlan {
  readonly method: FinetuningMethod;
  readonly parameters: ParameterCounts;
  readonly stepsPerEpoch: number;
  readonly steps: number;
  /** Measured: a few updates were done. */
  readonly secondsPerEpoch: number;
  readonly secondsToFirstStep: number;
  readonly memory: FixedMemory & {
    /** The runtime and the data. */
    readonly process: number;
    /** What remains of the measured peak: activations, and workspace of the operations. */
    readonly activations: number;
    readonly peak: number;
  };
  readonly available: number;
  readonly methods: readonly MethodPlan[];
}

/**
 * A method on the same data. Of methods other than the configured one the fixed parts are exact, and the activations are taken
 * to be those that were measured.
 */
export interface MethodPlan {
  readonly method: FinetuningMethod;
  readonly trainable: number;
  readonly peak: number;
  readonly fits: boolean;
}

/**
 * Measures a few updates in a process of its own, and works out the rest. Nothing is written.
 *
 * @throws DiagnosticError for what is wrong with the inputs; `plan-failed` where the measuring process fell, as it does
 *   without enough memory
 */
export async function planTraining(options: PlanOptions): Promise<TrainingPlan> {
  const { config, modelDir } = options;
  const head = readHead(modelDir, config);
  checkSettings(config, head.task, options.places);
  const dataset = await openDataset(head, options.trainFile, options.valFile, config);
  const network = readNetwork(modelDir, dataset.labels, { dropout: config.dropout, problem: head.problem });
  const partsOf = (of: FinetuningConfig): { parameters: ParameterCounts; fixed: FixedMemory } => {
    const { method } = createMethod(of, network);
    const optimizer = createOptimizer(of, network);
    return {
      parameters: countParameters(network, method),
      fixed: fixedMemory(network, method, optimizer, of),
    };
  };
  const { parameters, fixed } = partsOf(config);
  const available = availableMemory();
  const total = (parts: FixedMemory): number => parts.weights + parts.gradients + parts.optimizer;
  const measured = await measure(options, total(fixed), available);
  const activations = Math.max(0, measured.peak - measured.before - total(fixed));
  return {
    method: config.method,
    parameters,
    stepsPerEpoch: measured.stepsPerEpoch,
    steps: measured.total,
    secondsPerEpoch: measured.secondsPerEpoch,
    secondsToFirstStep: measured.secondsToFirstStep,
    memory: { ...fixed, process: measured.before, activations, peak: measured.peak },
    available,
    methods: finetuningMethods.map((method) => {
      const isOwn = method === config.method;
      const parts = partsOf(isOwn ? config : withMethod(config, method));
      const peak = isOwn ? measured.peak : measured.before + activations + total(parts.fixed);
      return { method, trainable: parts.parameters.trainable, peak, fits: peak <= available };
    }),
  };
}

async function measure(
  { config, trainFile, valFile, modelDir, projectDir, adapterDir }: PlanOptions,
  fixed: number,
  available: number,
): Promise<MeasuredSteps> {
  const request: MeasureRequest = {
    config,
    trainFile,
    valFile,
    modelDir,
    projectDir,
    ...(adapterDir === undefined ? {} : { adapterDir }),
    usedBefore: gpuMemory()?.used ?? 0,
  };
  const script = fileURLToPath(new URL('./measure-steps.js', import.meta.url));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(request)], {
      maxBuffer: 1 << 24,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as MeasuredSteps;
  } catch (cause) {
    const { signal, stderr } = cause as { signal?: string | null; stderr?: string };
    const ended = signal ? `was ended by ${signal}` : 'failed';
    const said = stderr?.trim().split('\n').at(-1);
    throw new DiagnosticError('plan-failed', {
      message: `a few steps of this training were tried, and the process that did them ${ended}${said ? `: ${said}` : ''}`,
      expected: `at least ${gigabytes(fixed)} of memory for weights, gradients and the optimizer alone`,
      found: `${gigabytes(available)} that are free`,
      fix: 'choose a method that trains less (lora, qlora, adapter), a smaller batch_size or max_length, or a larger host',
      cause,
    });
  }
}
