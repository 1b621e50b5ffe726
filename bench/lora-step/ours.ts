import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram } from '../../compute/index.js';
import { loraMethod } from '../../finetuning/methods/index.js';
import { readNetwork } from '../../finetuning/models/index.js';
import { adamW, isDecayed, trainingProgram } from '../../finetuning/training/index.js';
import { median, type Measurement } from '../measurement.js';
import type { Setting } from './setting.js';

const setting = JSON.parse(process.argv[2] ?? '') as Setting;
const { config, labels, rows, width, warmUp, steps } = setting;
const optimizer = adamW(
  { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: setting.weightDecay },
  isDecayed,
);

/** xorshift32: any stream does, as long as it is the same from run to run. */
let state = 42;
function uniform(): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
const network = readNetwork(
  folder,
  Array.from({ length: labels }, (_, label) => `label ${label}`),
);
rmSync(folder, { recursive: true });
const method = loraMethod(network, {
  rank: setting.rank,
  alpha: setting.alpha,
  dropout: setting.dropout,
  targets: ['query', 'value'],
  saved: ['classifier'],
});
const definition = trainingProgram({
  network,
  method,
  optimizer,
  maxGradNorm: setting.maxGradNorm,
  trainRows: rows,
  evalRows: rows,
  trainWidths: [width],
  evalWidths: [],
  accumulates: false,
});
const program = compileProgram(definition);
program.assign(
  Object.fromEntries(
    [...network.shapes, ...method.added].map(([name, shape]) => [name, initial(name, shape)]),
  ),
);

const feeds = {
  input_ids: Int32Array.from({ length: rows * width }, () => Math.floor(uniform() * config.vocab_size)),
  attention_mask: new Float32Array(rows * width).fill(1),
  labels: Int32Array.from({ length: rows }, (_, row) => row % labels),
  label_weights: new Float32Array(rows).fill(1 / rows),
};
const seconds: number[] = [];
const losses: number[] = [];
let secondsToFirstStep = 0;
for (let step = 1; step <= steps; step++) {
  const before = performance.now();
  const { loss } = program.run(`train/${width}`, {
    ...feeds,
    dropout_counter: Int32Array.of(42, step),
    ...optimizer.feedsAt(step, setting.learningRate),
  });
  losses.push(loss?.[0] ?? NaN);
  if (step === 1) secondsToFirstStep = process.uptime();
  if (step > warmUp) seconds.push((performance.now() - before) / 1000);
}
const measurement: Measurement = {
  secondsPerStep: median(seconds),
  secondsToFirstStep,
  peakMemory: process.resourceUsage().maxRSS * 1024,
  firstLoss: losses[0] ?? NaN,
  lastLoss: losses.at(-1) ?? NaN,
};
console.log(JSON.stringify(measurement));

/** As transformers and PEFT begin: N(0, 0.02) nearly enough, ones for the norms' scales, zeros for biases and LoRA's B. */
function initial(name: string, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (name.endsWith('LayerNorm.weight')) return new Float32Array(size).fill(1);
  if (name.endsWith('bias') || name.includes('lora_B')) return new Float32Array(size);
  const deviation = name.includes('lora_A') ? 0.03 : config.initializer_range;
  return Float32Array.from({ length: size }, () => (uniform() - 0.5) * Math.sqrt(12) * deviation);
}
