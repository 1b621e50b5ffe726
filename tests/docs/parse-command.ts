import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../cli/program.js';

/**
 * Lets commander read a command line of ours against the whole tree of commands, with nothing run.
 *
 * @param args after `reprise`
 * @returns what is wrong with it
 */
export async function parseProblem(args: readonly string[]): Promise<string | undefined> {
  const program = await createProgram([]);
  let reached = false;
  silence(program, () => (reached = true));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return reached ? undefined : 'names no command that does something';
  } catch (error) {
    if (error instanceof CommanderError && /^commander\.(helpDisplayed|version)$/.test(error.code))
      return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}

function silence(command: Command, reach: () => void): void {
  command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  if (command.commands.length === 0) command.action(reach);
  for (const child of command.commands) silence(child, reach);
}
