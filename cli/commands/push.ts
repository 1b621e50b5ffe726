import { Command } from 'commander';
import { withTransferOptions, type TransferFlags } from './transfer-options.js';

/** `reprise push`: what the cache has of the outs goes to the remote. */
export function pushCommand(): Command {
  const command = new Command('push').description('copy outs from the cache to a DVC remote');
  return withTransferOptions(command).action(async (targets: string[], options: TransferFlags) => {
    const { push } = await import('../remotes/push.js');
    await push({ cwd: process.cwd(), targets, ...options });
  });
}
