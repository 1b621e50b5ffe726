import type { Source } from '../graph/node.js';
import type { TracedValue } from './operation-call.js';

/** A value of the graph that is being recorded. */
export interface RecordedValue extends TracedValue {
  readonly source: Source;
  /** Calculated from the loss's gradient: not there before the backward pass is. */
  readonly late?: boolean;
}
