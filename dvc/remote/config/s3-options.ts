import { z } from 'zod';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { S3Options } from '../../../storage/index.js';
import { shownFile } from '../../project/index.js';
import type { ResolvedRemote } from './resolve-remote.js';

const bool = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false'], 'it is true or false'))
  .transform((text) => text === 'true');
const seconds = z.string().regex(/^\d+$/, 'it is a number of seconds').transform(Number);
const text = z.string();

/** What we make use of. `verify` is always so; the rest changes nothing for us. */
const schema = z.strictObject({
  url: text,
  region: text.optional(),
  profile: text.optional(),
  credentialpath: text.optional(),
  configpath: text.optional(),
  endpointurl: text.optional(),
  access_key_id: text.optional(),
  secret_access_key: text.optional(),
  session_token: text.optional(),
  use_ssl: bool.optional(),
  ssl_verify: text.optional(),
  allow_anonymous_login: bool.optional(),
  sse: text.optional(),
  sse_kms_key_id: text.optional(),
  acl: text.optional(),
  grant_read: text.optional(),
  grant_read_acp: text.optional(),
  grant_write_acp: text.optional(),
  grant_full_control: text.optional(),
  connect_timeout: seconds.optional(),
  read_timeout: seconds.optional(),
  jobs: text.optional(),
  version_aware: bool.refine((on) => !on, 'cloud-versioned remotes are not supported').optional(),
  worktree: bool.refine((on) => !on, 'worktree remotes are not supported').optional(),
  verify: text.optional(),
  checksum_jobs: text.optional(),
  listobjects: text.optional(),
  no_traverse: text.optional(),
  cache_regions: text.optional(),
});

/** @throws DiagnosticError `bad-config`; its text has no values, which may be secrets */
export function s3Options(root: string, { name, url, settings }: ResolvedRemote): S3Options {
  const values = Object.fromEntries([...settings].map(([option, { value }]) => [option, value]));
  const result = schema.safeParse({ ...values, url });
  if (!result.success) {
    const issue = result.error.issues[0] as z.core.$ZodIssue;
    const option = issue.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : String(issue.path[0]);
    const known = Object.keys(schema.shape).join(', ');
    const isUnknown = issue.code === 'unrecognized_keys';
    throw new DiagnosticError('bad-config', {
      message: `remote.${name}.${option}: ${isUnknown ? 'not an option that is supported for S3' : issue.message}`,
      at: { file: shownFile(root, settings.get(option)?.file ?? '.dvc/config') },
      fix: isUnknown
        ? `remove it (reprise remote modify --unset ${name} ${option}), or use one of: ${known}`
        : `correct it: reprise remote modify ${name} ${option} <value>`,
    });
  }
  const options = result.data;
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(url) ?? [];
  if (bucket === '') {
    throw new DiagnosticError('bad-config', {
      message: `remote.${name}.url names no bucket`,
      at: { file: shownFile(root, settings.get('url')?.file ?? '.dvc/config') },
      expected: 's3://bucket/path',
      found: url,
      fix: `correct it: reprise remote modify ${name} url s3://bucket/path`,
    });
  }
  return {
    bucket,
    prefix: path.replace(/^\/+|\/+$/g, ''),
    endpointUrl: options.endpointurl,
    region: options.region,
    profile: options.profile,
    credentialsFile: options.credentialpath,
    configFile: options.configpath,
    accessKeyId: options.access_key_id,
    secretAccessKey: options.secret_access_key,
    sessionToken: options.session_token,
    anonymous: options.allow_anonymous_login,
    useTls: options.use_ssl,
    verifyTls: verification(options.ssl_verify),
    connectTimeout: options.connect_timeout,
    readTimeout: options.read_timeout,
    sse: options.sse,
    sseKmsKeyId: options.sse_kms_key_id,
    acl: options.acl,
    grantRead: options.grant_read,
    grantReadAcp: options.grant_read_acp,
    grantWriteAcp: options.grant_write_acp,
    grantFullControl: options.grant_full_control,
  };
}

function verification(text: string | undefined): boolean | string | undefined {
  if (text === undefined || !/^(true|false)$/i.test(text)) return text;
  return text.toLowerCase() === 'true';
}
