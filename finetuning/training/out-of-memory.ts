import type { FinetuningConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { gigabytes } from '../plan/gigabytes.js';
import type { FixedMemory } from '../plan/memory-parts.js';

/** What a training takes in any case, and what was free when it began, in bytes. */
export interface MemoryNeeds extends FixedMemory {
  readonly available: number;
}

/** As TensorFlow's allocators, C++ and V8 say it. */
const SAYS_SO =
  /OOM when allocating|RESOURCE_EXHAUSTED|out of memory|failed to allocate|bad_alloc|Array buffer allocation failed|Cannot allocate memory/i;

export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && !(error instanceof DiagnosticError) && SAYS_SO.test(error.message);
}

/**
 * A training that had not enough memory: what of it is known, part by part, and what to change.
 *
 * @param how it ended
 */
export function outOfMemory(
  how: string,
  config: FinetuningConfig,
  { weights, gradients, optimizer, available }: MemoryNeeds,
  cause?: unknown,
): DiagnosticError {
  const { method, batch_size: rows, max_length: tokens, gradient_checkpointing: recomputes } = config;
  const parts = { weights, gradients, optimizer };
  const named = Object.entries(parts).map(([part, bytes]) => `${gigabytes(bytes)} of ${part}`);
  return new DiagnosticError('out-of-memory', {
    message: `memory ran out: ${how}`,
    expected:
      `${gigabytes(weights + gradients + optimizer)} by ${method} (${named.join(', ')}), and beside it the runtime and the ` +
      `activations of a batch of ${rows} (max_length ${tokens})`,
    found: `${gigabytes(available)} that were free at the start`,
    fix:
      'lower finetuning.batch_size (gradient_accumulation_steps makes up for it) or max_length' +
      (recomputes ? '' : ', set gradient_checkpointing: true for a model of texts') +
      (method === 'qlora' ? '' : `, choose a method that takes less (${smaller[method].join(', ')})`) +
      ', or take a larger host; `reprise finetune --plan` measures what it takes, and the same command continues it',
    cause,
  });
}

const smaller = { full: ['lora', 'adapter', 'qlora'], lora: ['qlora'], adapter: ['qlora'] } as const;
