import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Options } from './s3-options.js';

type Credentials = NonNullable<S3ClientConfig['credentials']>;
type Provider = ReturnType<typeof defaultProvider>;
type Identity = Awaited<ReturnType<Provider>>;

/** How long what a file said is believed, besides the five minutes before its end in which the SDK asks for new credentials. */
const BELIEVED_MS = 60_000 + 300_000;

/**
 * As botocore finds them. A file of credentials is read again now and then: whoever rotates them writes it anew, and says nowhere
 * when they end, while a stage may run for days and a worker for months. By itself the SDK reads such a file once in a process.
 */
export function credentialsOf(options: S3Options): Credentials {
  const { accessKeyId, secretAccessKey, sessionToken, profile, credentialsFile, configFile } = options;
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const init = {
    ...(profile !== undefined && { profile }),
    ...(credentialsFile !== undefined && { filepath: credentialsFile }),
    ...(configFile !== undefined && { configFilepath: configFile }),
    ignoreCache: true,
  };
  let known: Identity | undefined;
  return async (asked) => {
    try {
      // A provider keeps for ever what has no end: each look has its own.
      const found = await defaultProvider(init)(asked);
      known =
        found.expiration === undefined && isOfFile(found)
          ? { ...found, expiration: new Date(Date.now() + BELIEVED_MS) }
          : found;
      return known;
    } catch (error) {
      // The file may be half written; if they are over, the server says so.
      if (known && isOfFile(known)) return known;
      throw error;
    }
  };
}

/** Plain keys of a profile: those of roles and single sign-on say themselves when they end. */
function isOfFile(identity: Identity): boolean {
  const { $source } = identity as { readonly $source?: Readonly<Record<string, string>> };
  return $source?.['CREDENTIALS_PROFILE'] !== undefined;
}
