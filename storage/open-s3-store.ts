import type { ObjectStore } from './object-store.js';
import type { S3Options } from './s3/s3-options.js';

/**
 * The SDK is loaded only where there is an S3 remote: it is large.
 *
 * @throws DiagnosticError `bad-config`
 */
export async function openS3Store(options: S3Options): Promise<ObjectStore> {
  // It tells users of older versions of Node what its later versions will need; ours is locked.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { S3Store } = await import('./s3/s3-store.js');
  return S3Store.open(options);
}
