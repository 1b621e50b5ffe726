import type { S3Client } from '@aws-sdk/client-s3';

/** Servers refuse what was signed more than 15 minutes from their own time. */
const SKEWED_MS = 240_000;

interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
}

interface HttpError {
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  readonly $metadata?: { clockSkewCorrected?: boolean };
}

/**
 * Has requests made again that were refused because this host's clock jumped. The SDK learns the server's time from each answer,
 * but asks again only when the clock is now wrong, not when it was wrong and has been set right: what it had learned is wrong then.
 */
export function retrySkewed(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const { $response, $metadata } = error as HttpError;
        const signed = signedAt(args.request as HttpRequest);
        const answered = Date.parse($response?.headers?.['date'] ?? '');
        if ($metadata && Math.abs(signed - answered) > SKEWED_MS) $metadata.clockSkewCorrected = true;
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'retrySkewed' },
  );
}

/** Milliseconds since the epoch; NaN for what was not signed. */
function signedAt({ headers = {} }: HttpRequest): number {
  const date = headers['x-amz-date'] ?? '';
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
