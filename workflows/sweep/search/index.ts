import type { SweepOptions } from '../types.js';
import { ashaSearch } from './asha.js';
import { nextParams, type Search } from './proposal.js';

export { untilOf } from './asha.js';
export type { Proposal, Search } from './proposal.js';
export { bestOf } from './ranked.js';

export function createSearch(options: SweepOptions): Search {
  return options.method === 'asha' ? ashaSearch(options) : (trials) => nextParams(options, trials);
}
