import type { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';

/**
 * A config.json in the sizes that an architecture knows.
 *
 * @throws DiagnosticError `bad-model-config`
 */
export function parseModelConfig<T extends z.ZodType>(schema: T, config: unknown, file: string): z.output<T> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  throw new DiagnosticError('bad-model-config', {
    message: `this model cannot be finetuned: ${issue.path.join('.') || 'config'}: ${issue.message}`,
    at: { file },
    fix: 'take a model of the same architecture without this setting',
  });
}
