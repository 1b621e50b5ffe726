import { readFileSync } from 'node:fs';
import { fullMethod } from '../../../finetuning/methods/full.js';
import { loraMethod } from '../../../finetuning/methods/lora/lora.js';
import { isDecayed } from '../../../finetuning/models/parameters.js';
import { readNetwork } from '../../../finetuning/models/read-network.js';
import { ADAPTER_TYPES, adapterCell } from './adapter-cell.js';
import { bert } from './bert-cell.js';
import { ownPeftName } from './lora-cell.js';
import { describeParity } from './rig.js';

describeParity({
  ...bert,
  method: 'full',
  makeMethod: (network) => fullMethod(network.shapes),
  ownName: (stored) => stored,
});

describeParity({
  ...bert,
  method: 'lora',
  makeMethod: (network) =>
    loraMethod(network, {
      rank: 4,
      alpha: 6,
      dropout: 0,
      targets: ['query', 'value'],
      saved: ['classifier'],
    }),
  ownName: ownPeftName,
});

describe.each(ADAPTER_TYPES)('adapters', (type) => {
  describeParity(adapterCell(bert, type));
});

it('weights that decay are those that the Trainer decays', () => {
  const folder = 'tests/finetuning/fixtures/bert-tiny';
  const { decayed } = JSON.parse(readFileSync(`${folder}/batches.json`, 'utf8')) as { decayed: string[] };
  const { shapes } = readNetwork(`${folder}/model`, bert.labels);
  expect([...shapes.keys()].filter(isDecayed).sort()).toEqual(decayed);
});
