import { createInterface } from 'node:readline';
import { CommandExit, EXIT } from '../report-error.js';
import { isThere } from './own-data.js';
import { tasks, type Task } from './tasks.js';

export interface Answers {
  readonly task: Task;
  /** Absent: the template's own. */
  readonly data?: string;
}

type Ask = (prompt: string) => Promise<string>;

/** Asks a person, on the terminal, what flags have not said. */
export async function askForProject(): Promise<Answers> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Keeps what was typed, or pasted, before it is asked for.
  const lines = terminal[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string> => {
    terminal.setPrompt(prompt);
    terminal.prompt();
    const { value, done } = await lines.next();
    if (!done) return value.trim();
    // Ctrl-C or Ctrl-D: nothing was made yet.
    process.stderr.write('\n');
    throw new CommandExit(EXIT.interrupted);
  };
  try {
    const task = await askTask(ask);
    const data = await askData(ask);
    return { task, ...(data === undefined ? {} : { data }) };
  } finally {
    terminal.close();
  }
}

/** A number, a name, or nothing for the first. */
async function askTask(ask: Ask): Promise<Task> {
  const names = Object.keys(tasks) as Task[];
  const lines = names.map((name, index) => `  ${index + 1}  ${name}: ${tasks[name]}`);
  process.stderr.write(`What is the model to learn?\n${lines.join('\n')}\n`);
  for (;;) {
    const answer = await ask(`1–${names.length} [1]: `);
    if (answer === '') return names[0] as Task;
    const chosen = names[Number(answer) - 1] ?? names.find((name) => name === answer);
    if (chosen !== undefined) return chosen;
  }
}

async function askData(ask: Ask): Promise<string | undefined> {
  process.stderr.write('From which data? A file or folder, or https://…, s3://…, hf:<owner>/<data set>\n');
  for (;;) {
    const answer = await ask('[the data named above]: ');
    if (answer === '') return undefined;
    if (isThere(answer)) return answer;
    process.stderr.write(`there is no ${answer}\n`);
  }
}
