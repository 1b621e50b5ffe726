import { readFileSync } from 'node:fs';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { DiagnosticError } from '../../diagnostics/index.js';
import { withConnections } from './connections.js';
import { credentialsOf } from './credentials.js';
import { retrySkewed } from './retry-skewed.js';
import type { S3Options } from './s3-options.js';

/** With pauses that double and vary, seven retries span some seconds: a restart of the server, a burst of throttling. */
const ATTEMPTS = 8;
/** Seconds, as botocore has them. */
const CONNECT_TIMEOUT = 20;
const READ_TIMEOUT = 60;

/** @throws DiagnosticError `bad-config` */
export async function createClient(options: S3Options): Promise<S3Client> {
  const { endpointUrl, profile, anonymous } = options;
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  if (endpointUrl !== undefined) checkEndpoint(endpointUrl);
  const config: S3ClientConfig = {
    region: await regionOf(options),
    // Servers other than Amazon's rarely answer to bucket names as host names.
    forcePathStyle: Boolean(endpointUrl ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL),
    followRegionRedirects: true,
    maxAttempts: ATTEMPTS,
    retryMode: 'standard',
    tls: options.useTls ?? true,
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(profile !== undefined && { profile }),
    ...(anonymous ? UNSIGNED : { credentials: credentialsOf(options) }),
  };
  const { connectTimeout = CONNECT_TIMEOUT, readTimeout = READ_TIMEOUT, verifyTls } = options;
  const client = withConnections(
    { connectTimeout, readTimeout, trust: trusted(verifyTls) },
    (requestHandler) => new S3Client({ ...config, requestHandler }),
  );
  if (!anonymous) retrySkewed(client);
  return client;
}

const UNSIGNED: Pick<S3ClientConfig, 'credentials' | 'signer'> = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: (request) => Promise.resolve(request) },
};

/** As botocore finds it; `us-east-1` is right for servers that know no regions, and Amazon's redirect from it is followed. */
async function regionOf({ region, profile }: S3Options): Promise<string> {
  const named = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (named) return named;
  const asked = new S3Client(profile === undefined ? {} : { profile });
  try {
    return await asked.config.region();
  } catch {
    return 'us-east-1';
  } finally {
    asked.destroy();
  }
}

function trusted(verify: boolean | string | undefined): boolean | string {
  if (typeof verify !== 'string') return verify ?? true;
  try {
    return readFileSync(verify, 'utf8');
  } catch (cause) {
    throw new DiagnosticError('bad-config', {
      message: `the certificates in ${verify} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      at: { file: verify },
      fix: 'set ssl_verify to true, false, or the path of a PEM file',
      cause,
    });
  }
}

function checkEndpoint(endpoint: string): void {
  if (/^https?:\/\/[^/]/.test(endpoint) && URL.canParse(endpoint)) return;
  throw new DiagnosticError('bad-config', {
    message: `the endpoint ${endpoint} is not a URL`,
    expected: 'https://host or http://host:port',
    found: endpoint,
    fix: 'correct endpointurl: reprise remote modify <name> endpointurl <url>',
  });
}
