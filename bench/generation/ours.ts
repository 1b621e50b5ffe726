import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileProgram, type Program, type TensorData } from '../../compute/index.js';
import { finetuningConfigSchema } from '../../configs/index.js';
import { createMethod } from '../../finetuning/methods/index.js';
import { generateBatch, generationProgram, readNetwork } from '../../finetuning/models/index.js';
import { settingOf } from '../finetuning/setting.js';
import { noise, uniform } from '../random-values.js';
import type { GenerationBenchSetting, GenerationMeasurement } from './setting.js';

const { config, rows, promptTokens, newTokens } = JSON.parse(process.argv[2] ?? '') as GenerationBenchSetting;
const folder = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
const network = readNetwork(folder, []);
rmSync(folder, { recursive: true });
const { decoding, vocabulary, maxWidth } = network;
if (!decoding) throw new Error('no language model');
const full = finetuningConfigSchema.parse(settingOf('gpt2', 'full', 'float32', 0).finetuning);
const { method } = createMethod(full, network);
const slots = promptTokens + newTokens;
const compiled = compileProgram(
  generationProgram(network, decoding, method, { rows, widths: [promptTokens], slots }),
);
for (const [name, shape] of network.shapes) {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const isScale = /ln_\w+\.weight$/.test(name);
  const values = isScale ? new Float32Array(size).fill(1) : noise(size, name.endsWith('bias') ? 0 : 0.02);
  compiled.assign({ [name]: values });
}

/** When each pass over the model was done, by both clocks. */
const marks: { readonly wall: number; readonly cpu: number }[] = [];
const mark = (): void => {
  const { user, system } = process.cpuUsage();
  marks.push({ wall: performance.now() / 1000, cpu: (user + system) / 1e6 });
};
const program: Program = {
  ...compiled,
  run(name: string, feeds: Readonly<Record<string, TensorData>>) {
    const result = compiled.run(name, feeds);
    mark();
    return result;
  },
  assign: (values) => compiled.assign(values),
  read: (names) => compiled.read(names),
  dispose: () => compiled.dispose(),
};
const prompts = Array.from({ length: rows }, (_, index) => ({
  index,
  ids: Array.from({ length: promptTokens }, () => Math.floor(uniform() * vocabulary)),
}));
const greedy = { maxNewTokens: newTokens, seed: 0, temperature: 0, topK: 0, topP: 1 };
const setting = {
  program,
  rows,
  slots,
  vocabulary,
  maxWidth,
  endId: undefined,
  padId: 0,
  width: promptTokens,
};
/** The first time warms up. */
let generated = await generateBatch(prompts, greedy, setting);
marks.length = 0;
mark();
generated = await generateBatch(prompts, greedy, setting);
mark();
const [start, first, last] = [marks[0], marks[1], marks.at(-1)] as [Mark, Mark, Mark];
type Mark = (typeof marks)[number];
const measurement: GenerationMeasurement = {
  secondsPerToken: (last.wall - first.wall) / (newTokens - 1),
  cpuPerToken: (last.cpu - first.cpu) / (newTokens - 1),
  secondsOfPrompt: first.wall - start.wall,
  peakMemory: process.resourceUsage().maxRSS * 1024,
  tokens: generated.reduce((sum, { ids }) => sum + ids.length, 0),
};
console.log(JSON.stringify(measurement));
