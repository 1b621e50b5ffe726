import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a program `nvidia-smi` of these lines of shell, which stands in for a driver on hosts without a GPU. */
export function smiFolder(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-smi-'));
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

/** An environment in which only that program is found. */
export function smiEnv(script: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: `${smiFolder(script)}:/usr/bin:/bin`, ...more };
}

/** What the program prints for these devices when it is well. */
export function smiRows(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, i) =>
      `${i}, GPU-0000000${i}-aaaa-bbbb-cccc-dddddddddddd, NVIDIA L4, 23034, 22565, 550.54.15, 0, [N/A]`,
  );
  return `cat <<'ROWS'\n${rows.join('\n')}\nROWS`;
}
