import { readFileSync } from 'node:fs';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { isDecayed } from '../../../finetuning/models/parameters.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { ADAPTER_TYPES, adapterCell } from './adapter-cell.js';
import { resnet } from './resnet-cell.js';
import { describeParity } from './rig.js';

/** With the statistics of the batch, which move the running ones. */
describeParity({
  ...resnet,
  folder: 'resnet-tiny',
  method: 'full',
  makeMethod: ({ shapes }) => fullMethod(shapes),
});

describeParity({
  ...resnet,
  folder: 'resnet-basic-tiny',
  method: 'full',
  makeMethod: ({ shapes }) => fullMethod(shapes),
});

/** With the running statistics, which stay: a part of the model does not train. */
describeParity({
  ...resnet,
  folder: 'resnet-tiny',
  method: 'partly',
  makeMethod: ({ shapes }) => ({
    ...fullMethod(shapes),
    trainable: [...shapes.keys()].filter((name) => !name.startsWith('resnet.embedder.')),
  }),
});

/** Here, too, the running statistics stay. */
describe.each(ADAPTER_TYPES)('adapters', (type) => {
  describeParity(adapterCell({ ...resnet, folder: 'resnet-tiny' }, type));
});

it.each(['resnet-tiny', 'resnet-basic-tiny'])('weights of %s decay as the Trainer has it', (name) => {
  const folder = `tests/finetuning/fixtures/${name}`;
  const { decayed } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as { decayed: string[] };
  const { shapes, isLayerNorm } = readNetwork(`${folder}/model`, resnet.labels);
  const ours = [...shapes.keys()].filter((parameter) => isDecayed(parameter) && !isLayerNorm(parameter));
  expect(ours.sort()).toEqual(decayed);
});
