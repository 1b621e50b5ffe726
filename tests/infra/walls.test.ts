import { fileURLToPath } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The linter, given text in place of a file that is there. The rules that need types are left out: they cost half a minute. */
describe('the walls between the rooms', () => {
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked } as Linter.Config],
  });
  const rulesBroken = async (file: string, text: string) => {
    const [result] = await eslint.lintText(text, { filePath: `${ROOT}${file}` });
    return result?.messages.map(({ ruleId }) => ruleId);
  };

  it.each([
    ['storage', 'storage/index.ts', `export { Command } from '../cli/program.js';`],
    ['runner', 'runner/index.ts', `export * as workers from '../workers/index.js';`],
    ['a file inside another room', 'cli/program.ts', `export * as lock from '../dvc/types.js';`],
    [
      'activities in a workflow',
      'workflows/types.ts',
      `export * as activities from '../activities/index.js';`,
    ],
  ])('stop %s', async (_what, file, text) => {
    expect(await rulesBroken(file, text)).toContain('import-x/no-restricted-paths');
  });

  it('keep Node and the client out of the workflows', async () => {
    expect(await rulesBroken('workflows/types.ts', `export { readFileSync } from 'node:fs';`)).toContain(
      'import-x/no-nodejs-modules',
    );
    expect(await rulesBroken('workflows/types.ts', `export { Client } from '@temporalio/client';`)).toContain(
      'no-restricted-imports',
    );
  });

  it('let through what the design allows', async () => {
    expect(
      await rulesBroken('runner/index.ts', `export { DiagnosticError } from '../diagnostics/index.js';`),
    ).toEqual([]);
  });

  it('refuse default exports and cycles', async () => {
    expect(await rulesBroken('storage/index.ts', `export default 1;`)).toContain(
      'import-x/no-default-export',
    );
    expect(
      await rulesBroken(
        'diagnostics/diagnostic-error.ts',
        `export { formatDiagnostic } from './format.js';\nexport { readYaml } from './yaml-document.js';`,
      ),
    ).toContain('import-x/no-cycle');
  });
});
