import { Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/**
 * `reprise completion bash | zsh | fish`: a script for the shell, which asks `candidates` at each TAB.
 *
 * @param createProgram the command that some arguments ask for, or all of them
 */
export function completionCommand(createProgram: (args: readonly string[]) => Promise<Command>): Command {
  const command = new Command('completion').description(
    'completion of commands, options and stages, for a shell to read',
  );
  for (const shell of SHELLS)
    command.addCommand(
      new Command(shell).description(`for ${shell}; its first line says where it goes`).action(async () => {
        const { SCRIPTS } = await import('../completion/index.js');
        process.stdout.write(SCRIPTS[shell]);
      }),
    );
  return command.addCommand(
    new Command('candidates')
      .description('what may stand in place of the last word: lines of value, TAB, description')
      .argument('[words...]', 'what was typed after `reprise`, behind `--`; the last may be empty')
      .action(async (words: readonly string[]) => {
        const { candidates, projectValues } = await import('../completion/index.js');
        // All commands, where the first word is what is completed.
        const program = await createProgram(words.length > 1 ? words : []);
        const found = await candidates(program, words, projectValues);
        const lines = found.map(
          ({ value, description }) => `${value}\t${description.replace(/\s+/g, ' ')}\n`,
        );
        process.stdout.write(lines.join(''));
      }),
  );
}
