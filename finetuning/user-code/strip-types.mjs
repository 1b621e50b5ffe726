// @ts-check
/** Module hooks, which Node runs in a thread of their own: TypeScript without its types, for a Node that cannot itself. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
// Comes with Temporal's worker, which bundles workflows by it.
import { transform } from '@swc/core';

/** @type {import('node:module').LoadHook} */
export async function load(url, context, nextLoad) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !/\.m?ts$/.test(pathname)) return nextLoad(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(await readFile(filename, 'utf8'), {
    filename,
    // The project's own settings are of other tools.
    configFile: false,
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    // As Node does it: what is imported without `type` stays imported.
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', transform: { verbatimModuleSyntax: true } },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
