import { gpt2 } from './gpt2-cell.js';
import { loraCell } from './lora-cell.js';
import { describeParity } from './rig.js';

for (const name of ['lora', 'lora-all-linear', 'lora-dora']) describeParity(loraCell(gpt2, name));
