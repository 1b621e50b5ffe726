import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram, type TensorData, type TensorSpec } from '../../compute/index.js';
import { finetuningConfigSchema } from '../../configs/index.js';
import { createMethod } from '../../finetuning/methods/index.js';
import { encodedWeights, readNetwork, WeightValues, type Network } from '../../finetuning/models/index.js';
import { createOptimizer, trainingProgram } from '../../finetuning/training/index.js';
import { median, type Measurement } from '../measurement.js';
import { noise, uniform } from '../random-values.js';
import { productOperations, productRate } from './products.js';
import type { Setting } from './setting.js';

const setting = JSON.parse(process.argv[2] ?? '') as Setting;
const { rows, width, warmUp, steps } = setting;

const config = finetuningConfigSchema.parse({
  ...setting.finetuning,
  bf16: setting.precision === 'bfloat16',
});
const network = openNetwork();
const { method } = createMethod(config, network);
const optimizer = createOptimizer(config, network);
const program = compileProgram(
  trainingProgram({
    network,
    method,
    optimizer,
    maxGradNorm: setting.maxGradNorm,
    narrows: config.bf16,
    recomputes: config.gradient_checkpointing,
    trainRows: rows,
    evalRows: rows,
    trainWidths: [width],
    evalWidths: [],
    accumulates: false,
  }),
);
assignWeights();

const labels = network.labelCount(rows, width);
const feeds = {
  ...Object.fromEntries(
    Object.entries(network.feeds(rows, width)).map(([name, spec]) => [name, input(name, spec)]),
  ),
  labels: Int32Array.from({ length: labels }, () => Math.floor(uniform() * network.classes)),
  label_weights: new Float32Array(labels).fill(1 / labels),
};
const seconds: number[] = [];
const losses: number[] = [];
let [secondsToFirstStep, cpuToFirstStep] = [0, 0];
let warm = process.cpuUsage();
for (let step = 1; step <= steps; step++) {
  const before = performance.now();
  const { loss } = program.run(`train/${width}`, {
    ...feeds,
    dropout_counter: Int32Array.of(42, step),
    ...optimizer.feedsAt(step, setting.learningRate),
  });
  losses.push(loss?.[0] ?? NaN);
  if (step === 1) [secondsToFirstStep, cpuToFirstStep] = [process.uptime(), cpuSeconds(process.cpuUsage())];
  if (step === warmUp) warm = process.cpuUsage();
  if (step > warmUp) seconds.push((performance.now() - before) / 1000);
}
const cpuPerStep = cpuSeconds(process.cpuUsage(warm)) / (steps - warmUp);
const peakMemory = process.resourceUsage().maxRSS * 1024;
const measurement: Measurement = {
  secondsPerStep: median(seconds),
  cpuPerStep,
  secondsToFirstStep,
  cpuToFirstStep,
  peakMemory,
  productShare: productOperations(setting) / cpuPerStep / productRate(setting.precision),
  firstLoss: losses[0] ?? NaN,
  lastLoss: losses.at(-1) ?? NaN,
};
console.log(JSON.stringify(measurement));

function openNetwork(): Network {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  try {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(setting.config));
    return readNetwork(
      folder,
      Array.from({ length: setting.labels }, (_, label) => `label ${label}`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As a training does it, with what it reads made up. */
function assignWeights(): void {
  const shapes = [...network.shapes, ...network.buffers];
  const values = new WeightValues(
    new Map(shapes.map(([name, shape]) => [name, { read: () => initial(name, shape) }])),
  );
  for (const given of encodedWeights({ values }, method, config.seed)) program.assign(given);
}

/** As the libraries begin: N(0, 0.02) nearly enough, ones for the norms' scales, zeros for biases. */
function initial(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (/(LayerNorm|normalization|ln_\w+)\.weight$|running_var$/.test(name))
    return new Float32Array(size).fill(1);
  if (/bias$|running_mean$/.test(name)) return new Float32Array(size);
  // Convolutions: He's, as torch starts them. Others: the models' own.
  const deviation =
    shape.length === 4 ? Math.sqrt(2 / shape.slice(1).reduce((product, axis) => product * axis, 1)) : 0.02;
  return noise(size, deviation);
}

function cpuSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

/** Tokens, positions, a mask without padding, or pixels. */
function input(name: string, { shape, dtype }: TensorSpec): TensorData {
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (name === 'pixel_values') return Float32Array.from({ length }, () => uniform() * 2 - 1);
  if (dtype === 'float32') return new Float32Array(length).fill(1);
  if (name === 'position_ids') return Int32Array.from({ length }, (_, at) => at % width);
  if (name !== 'input_ids') return new Int32Array(length).fill(1);
  return Int32Array.from({ length }, () => Math.floor(uniform() * network.vocabulary));
}
