import { loraCell } from './lora-cell.js';
import { resnet } from './resnet-cell.js';
import { describeParity } from './rig.js';

for (const name of ['lora', 'lora-dora', 'lora-all-linear'])
  describeParity(loraCell({ ...resnet, folder: 'resnet-tiny' }, name));
