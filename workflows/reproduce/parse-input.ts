import { ApplicationFailure } from '@temporalio/workflow';
import { reproduceInput } from './input.js';
import type { ReproduceOptions } from '../types.js';

/** @throws ApplicationFailure `InvalidInput`, not retried, that names the first wrong field. */
export function parseInput(input: unknown): ReproduceOptions {
  const result = reproduceInput.safeParse(input ?? undefined);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field =
    [...(issue?.path.map(String) ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].join('.') ||
    'input';
  const message =
    unknownKey === undefined
      ? `${field}: ${issue?.message}`
      : `${field} is not a field of reproduce's input; the fields are: ${Object.keys(reproduceInput.unwrap().shape).join(', ')}`;
  throw ApplicationFailure.nonRetryable(message, 'InvalidInput', { field });
}
