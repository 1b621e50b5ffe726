import { basename } from 'node:path';

/** Program and arguments that run one line of a stage's `cmd`, as DVC does (dvc/stage/run.py). */
export function shellCommand(line: string, env: NodeJS.ProcessEnv): { file: string; args: string[] } {
  const shell = env['SHELL'] || '/bin/sh';
  const name = basename(shell);
  const quiet = name === 'bash' ? ['--noprofile', '--norc'] : name === 'zsh' ? ['--no-rcs'] : [];
  return { file: shell, args: [...quiet, '-c', line] };
}

/** A multi-line string is one command a line; the items of a list run whole. */
export function commandLines(cmd: string | readonly string[]): readonly string[] {
  return typeof cmd === 'string' ? cmd.split(/\r?\n/).filter((line) => line.trim() !== '') : cmd;
}
