// @ts-check
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The SDK keeps a stack for each promise of a workflow that is not settled, for its `__stack_trace` query. With ten frames, each looked
 * up in the source map, these were 190 kB for each stage under way. Of a promise, the first two frames are the SDK's own and
 * cost next to nothing; of an error, two still say where it was thrown. It stands before all modules, which find their globals frozen.
 */
const PREAMBLE = 'Error.stackTraceLimit = 2;';

/**
 * Bundles the workflows into `dist/workflow-bundle.js`: a worker that did so at its start would need seconds. The bundle's
 * first line holds the digest of what went in: the compiled workflows, which import nothing else of ours, and the locked
 * packages.
 *
 * @param {string} root
 */
export async function bundleWorkflows(root) {
  const bundle = join(root, 'dist/workflow-bundle.js');
  const header = `// ${await digestOfInputs(root)}\n`;
  if (existsSync(bundle) && (await readFile(bundle, 'utf8')).startsWith(header)) return;
  const { bundleWorkflowCode } = createRequire(join(root, 'package.json'))('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'dist/workflows/registry.js'),
    payloadConverterPath: join(root, 'dist/workflows/payload-converter.js'),
    workflowInterceptorModules: [join(root, 'dist/workflows/refuse-early-events.js')],
    logger: quietLogger,
  });
  // On the first line of the code: its source map counts lines.
  await writeFile(`${bundle}.part`, header + PREAMBLE + code);
  await rename(`${bundle}.part`, bundle);
}

/** @param {string} root */
async function digestOfInputs(root) {
  const hash = createHash('sha256').update(PREAMBLE);
  const folder = join(root, 'dist/workflows');
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  for (const file of [join(root, 'package-lock.json'), ...names.sort().map((name) => join(folder, name))]) {
    hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest('hex');
}

const say = () => {};
/** webpack's statistics are no news; its errors and warnings are. */
const quietLogger = {
  log: say,
  trace: say,
  debug: say,
  info: say,
  warn: console.warn,
  error: console.error,
};
