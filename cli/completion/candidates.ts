import type { Argument, Command, Option } from 'commander';

/** What may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Values that only the project knows: of the argument, or option, of this name. */
export type ValuesOf = (command: Command, name: string) => Promise<readonly Candidate[]>;

/**
 * What may stand in place of the last word, by the commands' own description of themselves. None: a file, perhaps.
 *
 * @param words after `reprise`; the last is what was begun, perhaps `''`
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  valuesOf: ValuesOf,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const place = placeAfter(program, words.slice(0, -1));
  const { command } = place;
  if (place.option) return beginning(current, await valuesFor(command, place.option, valuesOf));
  const [flag, value] = current.startsWith('--') && !place.operandsOnly ? current.split(/=(.*)/s) : [];
  if (value !== undefined) {
    const option = command.options.find(({ long }) => long === flag);
    const values = option ? await valuesFor(command, option, valuesOf) : [];
    return beginning(
      current,
      values.map((each) => ({ ...each, value: `${flag}=${each.value}` })),
    );
  }
  if (current.startsWith('-') && !place.operandsOnly) return beginning(current, flagsOf(command));
  const operands = command.registeredArguments;
  const argument = operands[place.operands] ?? (operands.at(-1)?.variadic ? operands.at(-1) : undefined);
  const found = [
    ...(place.operands === 0 ? subcommandsOf(command) : []),
    ...(argument ? await valuesFor(command, argument, valuesOf) : []),
  ];
  return beginning(current, found);
}

interface Place {
  readonly command: Command;
  /** How many arguments stand before. */
  readonly operands: number;
  /** What wants a value. */
  readonly option: Option | undefined;
  /** After `--`. */
  readonly operandsOnly: boolean;
}

function placeAfter(program: Command, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let option: Option | undefined;
  let operandsOnly = false;
  for (const word of words) {
    if (option) {
      option = undefined;
    } else if (operandsOnly) {
      operands++;
    } else if (word === '--') {
      operandsOnly = true;
    } else if (word.startsWith('-')) {
      const known = command.options.find(({ long, short }) => word === long || word === short);
      option = known?.required ? known : undefined;
    } else {
      const child = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
      if (child) [command, operands] = [child, 0];
      else operands++;
    }
  }
  return { command, operands, option, operandsOnly };
}

async function valuesFor(
  command: Command,
  of: Option | Argument,
  valuesOf: ValuesOf,
): Promise<readonly Candidate[]> {
  if (of.argChoices) return of.argChoices.map((value) => ({ value, description: '' }));
  return await valuesOf(command, 'long' in of ? (of.long ?? of.name()) : of.name());
}

function flagsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function subcommandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), description: each.description() }));
}

function beginning(current: string, found: readonly Candidate[]): readonly Candidate[] {
  return found.filter(({ value }) => value.startsWith(current));
}
