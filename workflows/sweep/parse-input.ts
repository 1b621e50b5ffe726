import { ApplicationFailure } from '@temporalio/workflow';
import { sweepInput } from './input.js';
import type { SweepOptions } from './types.js';

/** @throws ApplicationFailure `InvalidInput`, not retried, that names the first wrong field. */
export function parseSweepInput(input: unknown): SweepOptions {
  const result = sweepInput.safeParse(input ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = issue?.path.map(String) ?? [];
  const field = [...path, ...(unknownKey === undefined ? [] : [unknownKey])].join('.') || 'input';
  const message =
    unknownKey === undefined
      ? `${field}: ${issue?.message}`
      : `${field} is not a field of ${path.length > 0 ? path.join('.') : "sweep's input"}${
          path.length > 0 ? '' : `; the fields are: ${Object.keys(sweepInput.shape).join(', ')}`
        }`;
  throw ApplicationFailure.nonRetryable(message, 'InvalidInput', { field });
}
