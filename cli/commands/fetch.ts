import { Command } from 'commander';
import { withTransferOptions, type TransferFlags } from './transfer-options.js';

/** `reprise fetch`: what the remote has of the outs comes into the cache; the workspace stays as it is. */
export function fetchCommand(): Command {
  const command = new Command('fetch').description('copy outs from a DVC remote to the cache');
  return withTransferOptions(command).action(async (targets: string[], options: TransferFlags) => {
    const { fetch } = await import('../remotes/fetch.js');
    await fetch({ cwd: process.cwd(), targets, ...options });
  });
}
