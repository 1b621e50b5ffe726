// @ts-check
/**
 * Downloads the Temporal CLI through the SDK: `node download-temporal-child.mjs ROOT FOLDER VERSION`.
 * The SDK has no call that only downloads, so the server is started once and stopped.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [root = '', downloadDir = '', version = ''] = process.argv.slice(2);
const { TestWorkflowEnvironment } = createRequire(join(root, 'package.json'))('@temporalio/testing');

try {
  const server = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir, version, ttl: '100 years' } },
  });
  await server.teardown();
} catch (error) {
  for (let cause = error; cause instanceof Error; cause = cause.cause) console.error(cause.message);
  process.exitCode = 1;
}
