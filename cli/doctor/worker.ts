import { join } from 'node:path';
import { packageRoot } from '../../infra/locate/index.js';
import { ask } from './ask.js';
import type { Finding } from './finding.js';

/** Temporal's worker is native code, with one build for each platform; another process loads it here. */
export async function examineWorker(): Promise<Finding> {
  const common = { name: 'worker', part: 'pipelines' } as const;
  const script = `const { createRequire } = require('node:module');
    const load = createRequire(${JSON.stringify(join(packageRoot(), 'package.json'))});
    load('@temporalio/worker');
    process.stdout.write(load('@temporalio/worker/package.json').version);`;
  const { ok, stdout, stderr } = await ask(process.execPath, ['-e', script]);
  if (ok) return { ...common, state: 'found', version: stdout, detail: '@temporalio/worker' };
  return {
    ...common,
    state: 'broken',
    detail: `@temporalio/worker does not load: ${lastLine(stderr)}`,
    fix: 'install Reprise again; Temporal supports linux (glibc), macOS and Windows, x64 and arm64',
  };
}

/** The line that names the error, in what Node prints of one. */
function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /Error: /.test(line)) ?? lines.at(-1) ?? 'no message';
}
