import { DiagnosticError } from '../../diagnostics/index.js';
import { TransientRemoteError } from '../remote-error.js';

/** What an error of the SDK has, whatever its class. */
interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

const UNREACHABLE = /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|ETIMEDOUT|EPROTO|ESOCKET)/;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/;
/** Credentials that were right, and whose time is over. */
const EXPIRED = /ExpiredToken|TokenRefreshRequired|RequestExpired/;
const DENIED =
  /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|AllAccessDisabled|AccountProblem|UserNotFound|Forbidden/;
const BUSY = /SlowDown|Throttl|TooManyRequests|RequestTimeout|InternalError|ServiceUnavailable/;

/** Whether the connection, not the server, ended a request: a piece of it may be asked for again. */
export function isConnectionFailure(error: unknown): boolean {
  const { name = '' } = (error ?? {}) as SdkError;
  return UNREACHABLE.test(codeOf(error)) || name === 'TimeoutError';
}

/** Whether bytes came that do not have the checksum that the server has of them: damaged on the way, or where they are stored. */
export function isMismatch(error: unknown): boolean {
  return ((error ?? {}) as SdkError).message?.startsWith('Checksum mismatch') ?? false;
}

/** The SDK wraps errors that come from another realm than its own, as in a sandbox, and keeps no more than their text. */
function codeOf(error: unknown): string {
  const { code, message = '' } = (error ?? {}) as SdkError;
  return code ?? /^AWS SDK error wrapper for .*?\b(E[A-Z_]{4,})\b/.exec(message)?.[1] ?? '';
}

/** An answer to HEAD has no body, and so says no more than its status, where there is much that it may mean. */
export function isNameless(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode;
  return status === 400 || status === 403;
}

/** `NotFound` is the answer to HEAD, which has no body: it may mean that there is no such bucket, too. */
export function isMissing(error: unknown): boolean {
  const { name = '' } = (error ?? {}) as SdkError;
  return name === 'NoSuchKey' || name === 'NotFound';
}

/** A conditional write found an object there, or another write of it under way. */
export function isTaken(error: unknown): boolean {
  const status = ((error ?? {}) as SdkError).$metadata?.httpStatusCode;
  return status === 412 || status === 409;
}

/**
 * What a failure of the SDK means, and what to do about it. Its retries are over by then.
 *
 * @param store the URL
 * @param endpoint where it was looked for
 */
export function explain(error: unknown, store: string, bucket: string, endpoint: string): unknown {
  const sdk = (error ?? {}) as SdkError;
  const { message = '' } = sdk;
  // The answer to HEAD has no body, and so no name for what is wrong.
  const name = sdk.name === 'Unknown' ? '' : (sdk.name ?? '');
  const code = codeOf(error);
  const status = sdk.$metadata?.httpStatusCode ?? 0;
  if (error instanceof DiagnosticError || name === 'AbortError') return error;
  const said = message === '' || message === name || message === 'UnknownError' ? '' : `: ${message}`;
  if (isMismatch(error)) {
    return new DiagnosticError('damaged-object', {
      message: `an object of ${store} is damaged: its bytes do not have the checksum that it was stored with`,
      fix: 'delete that object, then push it from a host whose cache has it',
      cause: error,
    });
  }
  if (name === 'NoSuchBucket') {
    return new DiagnosticError('no-bucket', {
      message: `${endpoint} has no bucket ${bucket}`,
      found: store,
      fix: `create it (aws s3 mb s3://${bucket}), or correct the remote's url`,
      cause: error,
    });
  }
  const isWithoutCredentials = /CredentialsProviderError|TokenProviderError/.test(name);
  if (EXPIRED.test(name) || (isWithoutCredentials && /expired/i.test(message))) {
    return new TransientRemoteError('credentials-expired', {
      message: `the credentials for ${store} have expired${said}`,
      fix: 'renew them on this host, as with aws sso login, and do it again: a run that waits for them goes on by itself, though a worker that has them in its environment must be started again',
      cause: error,
    });
  }
  if (isWithoutCredentials) {
    return new DiagnosticError('remote-denied', {
      message: `there are no credentials for ${store}${said}`,
      fix: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile (reprise remote modify <name> profile <profile>), or set access_key_id and secret_access_key with --local',
      cause: error,
    });
  }
  if (name === 'RequestTimeTooSkewed' || sdk.$metadata?.clockSkewCorrected) {
    // The server's time is known now; all retries may have been used up by something else.
    return new TransientRemoteError('clock-skewed', {
      message: `${endpoint} finds the time of this host too far from its own${said}`,
      found: store,
      fix: 'set the clock of this host, then do it again: what has crossed is kept',
      cause: error,
    });
  }
  if (status === 401 || status === 403 || DENIED.test(name)) {
    return new DiagnosticError('remote-denied', {
      message: `${store} refuses these credentials (${name || status})${said}`,
      fix: 'check the credentials, and their rights on the bucket',
      cause: error,
    });
  }
  if (CERTIFICATE.test(code)) {
    return new DiagnosticError('remote-tls', {
      message: `the certificate of ${endpoint} is not trusted (${code})`,
      fix: 'name the certificates to trust: reprise remote modify <name> ssl_verify <file.pem>',
      cause: error,
    });
  }
  if (isConnectionFailure(error)) {
    return new TransientRemoteError('remote-unreachable', {
      message: `${endpoint} cannot be reached (${code || name})${said}`,
      found: store,
      fix: "check the network and the remote's endpointurl, then do it again: what has crossed is kept",
      cause: error,
    });
  }
  if (status === 429 || status >= 500 || BUSY.test(name)) {
    return new TransientRemoteError('remote-busy', {
      message: `${endpoint} could not answer (${name || status})${said}`,
      found: store,
      fix: 'do it again later, with fewer --jobs: what has crossed is kept',
      cause: error,
    });
  }
  if (status === 412) {
    return new TransientRemoteError('remote-changed', {
      message: `an object of ${store} was replaced while it was read`,
      fix: 'do it again',
      cause: error,
    });
  }
  if (status === 0) return error;
  return new DiagnosticError('remote-failed', {
    message: `${store} answered ${status} ${name}${said}`,
    fix: "check the remote's url, endpointurl and region",
    cause: error,
  });
}
