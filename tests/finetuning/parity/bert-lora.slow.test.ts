import { bert } from './bert-cell.js';
import { loraCell } from './lora-cell.js';
import { describeParity } from './rig.js';

for (const name of [
  'lora-all-linear',
  'lora-regex',
  'lora-bias-all',
  'lora-bias-only',
  'lora-dora',
  'lora-dora-bias',
  'lora-patterns',
])
  describeParity(loraCell(bert, name));
