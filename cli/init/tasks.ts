import { DiagnosticError } from '../../diagnostics/index.js';

/** What a project can be laid out for. `examples/tasks/<task>` has what it has in place of the common template's. */
export const tasks = {
  'text-classification': 'labels for texts; laid out with WordNet’s definitions and their categories',
  'causal-lm': 'text that goes on; laid out with English prose',
  'image-classification': 'labels for pictures; laid out with handwritten digits',
} as const;

export type Task = keyof typeof tasks;

/** @throws DiagnosticError `unknown-task` */
export function asTask(name: string): Task {
  if (Object.hasOwn(tasks, name)) return name as Task;
  throw new DiagnosticError('unknown-task', {
    message: '--task names no task',
    expected: `one of ${Object.keys(tasks).join(', ')}`,
    found: name,
    fix: 'correct --task, or leave it out for text-classification',
  });
}
