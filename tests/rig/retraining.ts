import { makeProject, writeFiles } from './project.js';

/**
 * A project whose model is a number, the share of the test rows that it answers rightly: `source` is the world's data, `fetch`
 * brings it, `train` makes the model, `evaluate` writes its answers.
 */
export function retrainingProject(parent: string, config = ''): string {
  return makeProject({ source: '0.5 0\n', ...retrainingFiles('.', config) }, parent);
}

/** @param world folder of the data that comes, and of the log of what was trained */
export function retrainingFiles(world: string, config = ''): Readonly<Record<string, string>> {
  return {
    'dvc.yaml': pipeline(world),
    'evaluate.mjs': EVALUATE,
    'test.jsonl': testSet(400),
    '.reprise/config.yaml': `retrain:\n${SETTINGS}${config}`,
  };
}

const SETTINGS = `  model: model
  predictions: predictions.jsonl
  final: final
`;

const pipeline = (world: string): string => `stages:
  fetch: {cmd: cat ${world}/source > data, outs: [data]}
  train: {cmd: echo run >> ${world}/trained; mkdir -p model; cp data model/weights, deps: [data], outs: [model]}
  evaluate:
    cmd: node evaluate.mjs model predictions.jsonl
    deps: [model, test.jsonl, evaluate.mjs]
    outs: [predictions.jsonl]
`;

/** With the same offset, a better model has all rows right that a worse one has. */
const EVALUATE = `import { readFileSync, writeFileSync } from 'node:fs';
const [, , model, file] = process.argv;
const [quality, offset] = readFileSync(model + '/weights', 'utf8').split(' ').map(Number);
const rows = readFileSync('test.jsonl', 'utf8').trim().split('\\n').map(JSON.parse);
writeFileSync(file, rows.map(({ id, label }, i) =>
  JSON.stringify({ id, label, prediction: (i * 37 + offset) % 100 < quality * 100 ? label : 'nothing' })).join('\\n') + '\\n');
`;

export function testSet(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) =>
    JSON.stringify({ id: `row-${i}`, label: ['cat', 'dog'][i % 2] }),
  );
  return `${lines.join('\n')}\n`;
}

/**
 * New data comes: the model that is trained on it has so many test rows right.
 *
 * @param offset another one: other rows
 */
export function newData(root: string, quality: number, offset = 0): void {
  writeFiles(root, { source: `${quality} ${offset}\n` });
}
