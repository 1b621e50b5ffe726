import { qloraCells } from './qlora-cell.js';
import { describeParity } from './rig.js';

for (const cell of Object.values(qloraCells)) describeParity(cell);
