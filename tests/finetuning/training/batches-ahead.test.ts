import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadFinetuningConfig } from '../../../configs/index.js';
import { assignInitialWeights } from '../../../finetuning/training/initial-weights.js';
import { prepareTraining } from '../../../finetuning/training/prepare-training.js';
import { tinyPictureProject } from './tiny-pictures.js';

it.each([1, 2])(
  'begins each batch of pictures while the one before it is learned from, %d to an update',
  async (parts) => {
    const root = await tinyPictureProject({ gradient_accumulation_steps: parts });
    const config = loadFinetuningConfig(root);
    const prepared = await prepareTraining({
      config,
      trainFile: join(root, 'data/finetuning/train.jsonl'),
      valFile: join(root, 'data/finetuning/val.jsonl'),
      modelDir: join(root, 'model'),
      projectDir: root,
    });
    const { session, program, order, train } = prepared;
    assignInitialWeights(prepared, config.seed, join(root, 'model'), () => {});
    const seen: string[] = [];
    const [batch, run] = [train.batch.bind(train), program.run.bind(program)];
    train.batch = (rows, count, counter) => {
      seen.push(`batch ${counter?.pass}`);
      return batch(rows, count, counter);
    };
    program.run = (name, feeds) => {
      if (!name.startsWith('apply')) seen.push('run');
      return run(name, feeds);
    };
    for (const step of [0, 1])
      await session.update(step, order.batchesOf(step), 0.01, step === 0 ? order.batchesOf(1) : []);
    const passes = [...Array(2 * parts).keys()];
    const begun = passes.slice(1).flatMap((pass) => [`batch ${pass}`, 'run']);
    expect(seen).toEqual(['batch 0', ...begun, 'run']);
    program.dispose();
    rmSync(root, { recursive: true });
  },
);
