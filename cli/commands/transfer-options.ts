import { InvalidArgumentError, type Command } from 'commander';

/** What `push`, `fetch` and `pull` have in common; the flags are those of dvc. */
export interface TransferFlags {
  remote?: string;
  jobs?: number;
  withDeps?: true;
  recursive?: true;
  runCache?: true;
  json?: true;
}

export function withTransferOptions(command: Command): Command {
  return command
    .argument('[targets...]', 'stages, .dvc files, dvc.yaml files or outs; default: all outs of the project')
    .option('-r, --remote <name>', 'a remote other than the default one')
    .option('-j, --jobs <n>', 'so many objects at a time', positiveInteger)
    .option('-d, --with-deps', 'also the outs that the targets depend on')
    .option('-R, --recursive', 'all stages in the folders that are targets')
    .option('--run-cache', 'also the records of the run cache')
    .option('--json', 'print one JSON object per event');
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
