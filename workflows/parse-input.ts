import { ApplicationFailure, inWorkflowContext, workflowInfo } from '@temporalio/workflow';
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
  const result = isContinued() ? parseContinued(schema, input) : schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const { field, within, isUnknown, message } = firstFault(result.error);
  if (!isUnknown) throw invalid(field || 'input', message);
  throw invalid(
    field,
    within === ''
      ? `is not a field of ${workflow}'s input; the fields are: ${fields.join(', ')}`
      : `is not a field of ${within}`,
  );
}

/** The input is what a run before this one wrote, maybe by a newer build's worker. */
function isContinued(): boolean {
  return inWorkflowContext() && workflowInfo().continuedFromExecutionRunId !== undefined;
}

/**
 * Reads what a workflow of this or of a newer build has carried on: a field that this one does not know is left aside, since a run
 * of weeks is not to fail in the middle of an upgrade.
 */
export function parseContinued<S extends z.ZodType>(
  schema: S,
  input: unknown,
): z.ZodSafeParseResult<z.output<S>> {
  const first = schema.safeParse(input);
  if (first.success) return first;
  const known: unknown = JSON.parse(JSON.stringify(input));
  for (const issue of first.error.issues) {
    if (issue.code !== 'unrecognized_keys') return first;
    const holder = issue.path.reduce((at: unknown, key) => (at as Record<PropertyKey, unknown>)[key], known);
    for (const key of issue.keys) Reflect.deleteProperty(holder as object, key);
  }
  return schema.safeParse(known);
}

/**
 * Checks what a signal, query or update carries. In an update's validator the failure rejects the update, and the run goes on.
 *
 * @throws ApplicationFailure `InvalidInput`, which names the first wrong field
 */
export function parsePayload<T>(schema: z.ZodType<T>, payload: unknown): T {
  const result = schema.safeParse(payload ?? undefined);
  if (result.success) return result.data;
  const { field, isUnknown, message } = firstFault(result.error);
  throw invalid(field || 'the payload', isUnknown ? 'is not a known field' : message);
}

/** The failure of whoever was given a wrong field. */
export function invalid(field: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${field}: ${message}`.slice(0, 2_000), 'InvalidInput', {
    field: field.slice(0, 200),
  });
}

interface Fault {
  /** Dotted; empty when it is the whole. */
  readonly field: string;
  /** The mapping that it stands in. */
  readonly within: string;
  readonly isUnknown: boolean;
  readonly message: string;
}

function firstFault({ issues: [issue] }: z.ZodError): Fault {
  const path = issue?.path.map(String) ?? [];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return {
    field: [...path, ...(unknown === undefined ? [] : [unknown])].join('.'),
    within: path.join('.'),
    isUnknown: unknown !== undefined,
    message: issue?.message ?? 'is wrong',
  };
}
