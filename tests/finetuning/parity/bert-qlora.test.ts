import { loraMethod } from '../../../finetuning/methods/lora/lora.js';
import { qloraMethod } from '../../../finetuning/methods/qlora.js';
import { bert } from './bert-cell.js';
import { ownPeftName } from './lora-cell.js';
import { describeParity } from './rig.js';

describeParity({
  ...bert,
  method: 'qlora',
  makeMethod: (network) =>
    qloraMethod(
      network,
      loraMethod(network, {
        rank: 4,
        alpha: 6,
        dropout: 0,
        targets: ['query', 'value'],
        saved: ['classifier'],
      }),
    ),
  ownName: ownPeftName,
});
