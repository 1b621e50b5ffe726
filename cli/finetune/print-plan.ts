import type { TrainingPlan } from '../../finetuning/index.js';
import { formatSeconds } from '../progress/index.js';

/** A training's plan as lines for a person. */
export function planLines(plan: TrainingPlan): string[] {
  const { parameters, memory } = plan;
  const share = (100 * parameters.trainable) / parameters.total;
  const rows: [string, string][] = [
    [
      'parameters',
      `${count(parameters.total)}, of which ${count(parameters.trainable)} train (${share.toFixed(2)} %)`,
    ],
    ['steps', `${count(plan.steps)}, ${count(plan.stepsPerEpoch)} an epoch`],
    ['time to first step', `${plan.secondsToFirstStep.toFixed(1)} s`],
    ['time per epoch', `${formatSeconds(plan.secondsPerEpoch)}, without validation`],
    ['memory: weights', gigabytes(memory.weights)],
    ['memory: gradients', gigabytes(memory.gradients)],
    ['memory: optimizer', gigabytes(memory.optimizer)],
    ['memory: activations', `${gigabytes(memory.activations)}, and workspace`],
    ['memory: process', `${gigabytes(memory.process)}, the runtime`],
    ['memory: at most', `${gigabytes(memory.peak)} of ${gigabytes(plan.available)} that are free`],
  ];
  return [
    `${plan.method}, by a few measured steps; nothing was written`,
    ...table(rows),
    'by the other methods, with their own defaults:',
    ...table(
      plan.methods.map(({ method, trainable, peak, fits }) => [
        method,
        `${count(trainable)} train, ${gigabytes(peak)} at most${fits ? '' : ': more than is free'}`,
      ]),
    ),
  ];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`);
}

const count = (value: number): string => value.toLocaleString('en');
const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
