import { Command } from 'commander';
import { withTransferOptions, type TransferFlags } from './transfer-options.js';

/** `reprise pull`: fetch, and bring the workspace to what dvc.lock and the `.dvc` files say. */
export function pullCommand(): Command {
  const command = new Command('pull')
    .description('copy outs from a DVC remote to the cache and the workspace')
    .option('-f, --force', 'replace files that were changed here')
    .option('--allow-missing', 'no failure when the remote lacks something');
  return withTransferOptions(command).action(
    async (targets: string[], options: TransferFlags & { force?: true; allowMissing?: true }) => {
      const { pull } = await import('../remotes/pull.js');
      await pull({ cwd: process.cwd(), targets, ...options });
    },
  );
}
