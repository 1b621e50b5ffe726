import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DiagnosticError } from '../diagnostics/index.js';

/**
 * The workflows' code as one file, made by the build: a worker that bundles it at its start would need seconds.
 *
 * @throws DiagnosticError `not-built`
 */
export function workflowBundle(): { codePath: string } {
  // Beside `workers/` in dist, or, when the sources themselves run (tests), in the dist beside them.
  for (const place of ['../workflow-bundle.js', '../dist/workflow-bundle.js']) {
    const codePath = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(codePath)) return { codePath };
  }
  throw new DiagnosticError('not-built', {
    message: 'the workflow bundle is missing',
    fix: 'run `npm run build`',
  });
}
