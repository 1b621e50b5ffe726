import { createInterface } from 'node:readline/promises';
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

/** Asks a person. A number, a name, or nothing for the first. */
export async function askTask(): Promise<Task> {
  const names = Object.keys(tasks) as Task[];
  const lines = names.map((name, index) => `  ${index + 1}  ${name}: ${tasks[name]}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    process.stderr.write(`What is the model to learn?\n${lines.join('\n')}\n`);
    for (;;) {
      const answer = (await terminal.question(`1–${names.length} [1]: `)).trim();
      if (answer === '') return names[0] as Task;
      const chosen = names[Number(answer) - 1] ?? names.find((name) => name === answer);
      if (chosen !== undefined) return chosen;
    }
  } finally {
    terminal.close();
  }
}
