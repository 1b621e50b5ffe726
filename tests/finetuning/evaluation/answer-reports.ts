import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { EvaluationConfig } from '../../../configs/index.js';
import {
  evaluate,
  evaluateAnswers,
  type Classifier,
  type Contender,
} from '../../../finetuning/evaluation/index.js';

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A model that says of each text what a rule says. */
function rule(labels: readonly string[], description: string, logits: (text: string) => number[]): Contender {
  const classifier: Classifier = {
    labels,
    predict: (inputs) =>
      Float32Array.from(inputs.flatMap((input) => logits(typeof input === 'string' ? input : input.text))),
    dispose: () => {},
  };
  return { description, open: async () => classifier };
}

function project(root: string, name: string, rows: readonly object[]): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'data/finetuning'), { recursive: true });
  writeFileSync(join(folder, 'data/finetuning/test.jsonl'), jsonl(rows));
  return folder;
}

/** How long texts are, by models that count characters or words. */
export async function numbersReport(root: string, config: EvaluationConfig): Promise<string> {
  const rows = Array.from({ length: 40 }, (_, n) => {
    const text = `${'word '.repeat(n % 9)}<and> ${'longer'.repeat(n % 4)} ${n}`;
    return { id: `row-${n}`, text, label: text.length / 10 + (n % 3) / 4 };
  });
  const folder = project(root, 'numbers', rows);
  await evaluateAnswers({
    ...{ root: folder, name: 'Lengths', config, problem: 'regression', labels: ['LABEL_0'] },
    base: rule(['LABEL_0'], 'Not trained', () => [1]),
    finetuned: rule(['LABEL_0'], 'Trained', (text) => [text.length / 10]),
    production: { contender: rule(['LABEL_0'], 'Version 2', (text) => [text.split(' ').length / 3]) },
  });
  return join(folder, 'reports/report.html');
}

/** Which words texts have. */
export async function labelsReport(root: string, config: EvaluationConfig): Promise<string> {
  const names = ['cat', 'dog', '<fox>'];
  const rows = Array.from({ length: 36 }, (_, n) => {
    const labels = names.filter((_, at) => (n >> at) % 2 === 1);
    return { id: `row-${n}`, text: `a ${labels.join(' and ')} of kind ${n}`, labels };
  });
  const folder = project(root, 'labels', rows);
  await evaluateAnswers({
    ...{ root: folder, name: 'Animals', config, problem: 'multi_label_classification', labels: names },
    base: rule(names, 'Not trained', () => [-1, 1, -1]),
    finetuned: rule(names, 'Trained', (text) => names.map((name) => (text.includes(name) ? 2 : -2))),
    production: { reason: 'The model in production is not compared: it was made for other labels.' },
  });
  return join(folder, 'reports/report.html');
}

/** Pictures that are dark or bright, and one that is labelled wrongly. */
export async function picturesReport(root: string, config: EvaluationConfig): Promise<string> {
  const folder = join(root, 'pictures');
  for (const [split, count] of Object.entries({ train: 4, test: 12 }))
    for (let n = 0; n < count; n++) {
      const bright = n % 2 === 0;
      const label = bright === (n !== 4) ? 'bright' : 'dark';
      mkdirSync(join(folder, 'data/finetuning', split, label), { recursive: true });
      const side = n === 4 ? 8 : 300;
      const background = bright ? { r: 240, g: 220, b: 200 } : { r: 20, g: 30, b: 60 };
      const picture = sharp({ create: { width: side, height: side, channels: 3, background } });
      writeFileSync(
        join(folder, 'data/finetuning', split, label, `${n}.png`),
        await picture.png().toBuffer(),
      );
    }
  writeFileSync(join(folder, 'params.yaml'), '');
  const contender = (description: string, threshold: number) => (): Contender => ({
    description,
    open: async () => ({
      labels: ['bright', 'dark'],
      async predict(paths) {
        const logits: number[] = [];
        for (const path of paths) {
          const { channels } = await sharp(path as string).stats();
          const light = (channels[0]?.mean ?? 0) - threshold;
          logits.push(light / 50, -light / 50);
        }
        return Float32Array.from(logits);
      },
      dispose: () => {},
    }),
  });
  await evaluate({
    ...{ root: folder, name: 'Light', config },
    base: contender('Not trained', 300),
    finetuned: contender('Trained', 120),
  });
  return join(folder, 'reports/report.html');
}
