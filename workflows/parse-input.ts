import { ApplicationFailure } from '@temporalio/workflow';
import type { z } from 'zod';

/** What a workflow takes. */
export interface InputOf<S extends z.ZodType> {
  readonly workflow: string;
  readonly schema: S;
  /** Names of its fields, for the message. */
  readonly fields: readonly string[];
}

/** @throws ApplicationFailure `InvalidInput`, not retried, that names the first wrong field. */
export function parseInputOf<S extends z.ZodType>(
  { workflow, schema, fields }: InputOf<S>,
  input: unknown,
): z.output<S> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field =
    [...(issue?.path.map(String) ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].join('.') ||
    'input';
  const message =
    unknownKey === undefined
      ? `${field}: ${issue?.message}`
      : `${field} is not a field of ${workflow}'s input; the fields are: ${fields.join(', ')}`;
  throw ApplicationFailure.nonRetryable(message, 'InvalidInput', { field });
}
