import { createInterface, type Interface } from 'node:readline/promises';
import { isThere } from './own-data.js';
import { tasks, type Task } from './tasks.js';

export interface Answers {
  readonly task: Task;
  /** Absent: the template's own. */
  readonly data?: string;
}

/** Asks a person, on the terminal, what flags have not said. */
export async function askForProject(): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const task = await askTask(terminal);
    const data = await askData(terminal);
    return { task, ...(data === undefined ? {} : { data }) };
  } finally {
    terminal.close();
  }
}

/** A number, a name, or nothing for the first. */
async function askTask(terminal: Interface): Promise<Task> {
  const names = Object.keys(tasks) as Task[];
  const lines = names.map((name, index) => `  ${index + 1}  ${name}: ${tasks[name]}`);
  process.stderr.write(`What is the model to learn?\n${lines.join('\n')}\n`);
  for (;;) {
    const answer = (await terminal.question(`1–${names.length} [1]: `)).trim();
    if (answer === '') return names[0] as Task;
    const chosen = names[Number(answer) - 1] ?? names.find((name) => name === answer);
    if (chosen !== undefined) return chosen;
  }
}

async function askData(terminal: Interface): Promise<string | undefined> {
  process.stderr.write('From which data? A file or folder, or https://…, s3://…, hf:<owner>/<data set>\n');
  for (;;) {
    const answer = (await terminal.question('[the data named above]: ')).trim();
    if (answer === '') return undefined;
    if (isThere(answer)) return answer;
    process.stderr.write(`there is no ${answer}\n`);
  }
}
