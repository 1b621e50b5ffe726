import { ApplicationFailure } from '@temporalio/workflow';
import type { z } from 'zod';

/**
 * Checks what a signal, query or update carries. In an update's validator the failure rejects the update, and the run goes on.
 *
 * @throws ApplicationFailure `InvalidInput`, which names the first wrong field
 */
export function parsePayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload ?? undefined);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path.map(String) ?? []), ...(unknownKey === undefined ? [] : [unknownKey])];
  const field = path.join('.') || 'the payload';
  throw invalid(field, unknownKey === undefined ? (issue?.message ?? 'is wrong') : 'is not a known field');
}

export function invalid(field: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${field}: ${message}`.slice(0, 2_000), 'InvalidInput', {
    field: field.slice(0, 200),
  });
}
