import { createInterface, type Interface } from 'node:readline';
import { CommandExit, EXIT } from '../report-error.js';
import { isThere } from './own-data.js';
import { tasks, type Task } from './tasks.js';

export interface Answers {
  readonly task: Task;
  /** Absent: the template's own. */
  readonly data?: string;
}

/** @returns what was typed, without spaces around it */
export type Ask = (prompt: string) => Promise<string>;

/** A person on a terminal. Lines are kept that were typed, or pasted, before they are asked for. */
export function openTerminal(): { readonly ask: Ask; close(): void } {
  let opened: { readonly terminal: Interface; readonly lines: AsyncIterator<string> } | undefined;
  const open = () => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    return { terminal, lines: terminal[Symbol.asyncIterator]() };
  };
  return {
    async ask(prompt) {
      const { terminal, lines } = (opened ??= open());
      terminal.setPrompt(prompt);
      terminal.prompt();
      const { value, done } = await lines.next();
      if (!done) return value.trim();
      // Ctrl-C or Ctrl-D: nothing was made yet.
      process.stderr.write('\n');
      throw new CommandExit(EXIT.interrupted);
    },
    close: () => opened?.terminal.close(),
  };
}

/** Asks a person what flags have not said. */
export async function askForProject(ask: Ask): Promise<Answers> {
  const task = await askTask(ask);
  const data = await askData(ask);
  return { task, ...(data === undefined ? {} : { data }) };
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
