import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';

const NAME = 'adapter_config.json';

/**
 * What an adapter's folder says of it.
 *
 * @param fix what to take in its place
 * @throws DiagnosticError `bad-adapter`
 */
export function readAdapterFile<T extends z.ZodType>(folder: string, schema: T, fix: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, NAME), 'utf8'));
  } catch (cause) {
    return refuseAdapter(
      folder,
      `the adapter's configuration cannot be read: ${(cause as Error).message}`,
      fix,
      cause,
    );
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  return refuseAdapter(
    folder,
    `this adapter cannot be used: ${issue.path.join('.')}: ${issue.message}`,
    fix,
    result.error,
  );
}

/** @throws DiagnosticError `bad-adapter` */
export function refuseAdapter(folder: string, message: string, fix: string, cause?: unknown): never {
  throw new DiagnosticError('bad-adapter', { message, at: { file: join(folder, NAME) }, fix, cause });
}
