import { DiagnosticError } from '../../diagnostics/index.js';

/** Where a cloud says that it takes this host back, and how its answer is read. */
export interface NoticeSource {
  readonly url: string;
  /** For people. */
  readonly name: string;
  headers(): Promise<Readonly<Record<string, string>>>;
  isNotice(status: number, body: string): boolean;
}

const AWS = 'http://169.254.169.254/latest';
const TIMEOUT_MS = 2_000;

/** The metadata servers of clouds, by what `--preemption-url` calls them. */
const CLOUDS: Readonly<Record<string, NoticeSource>> = {
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html: 404 until there is a notice.
  aws: {
    url: `${AWS}/meta-data/spot/instance-action`,
    name: 'aws',
    async headers() {
      const response = await fetch(`${AWS}/api/token`, {
        method: 'PUT',
        headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return { 'X-aws-ec2-metadata-token': await response.text() };
    },
    isNotice: (status) => status === 200,
  },
  // https://cloud.google.com/compute/docs/instances/create-use-preemptible: TRUE or FALSE.
  gcp: {
    url: 'http://metadata.google.internal/computeMetadata/v1/instance/preempted',
    name: 'gcp',
    headers: () => Promise.resolve({ 'Metadata-Flavor': 'Google' }),
    isNotice: (status, body) => status === 200 && body.trim() === 'TRUE',
  },
  // https://learn.microsoft.com/azure/virtual-machines/linux/scheduled-events: a list of events.
  azure: {
    url: 'http://169.254.169.254/metadata/scheduledevents?api-version=2020-07-01',
    name: 'azure',
    headers: () => Promise.resolve({ Metadata: 'true' }),
    isNotice: (status, body) => status === 200 && /"EventType"\s*:\s*"(Preempt|Terminate)"/.test(body),
  },
};

/**
 * @param text `aws`, `gcp`, `azure`, or a URL that answers 200 once the host is to leave (and not with FALSE)
 * @throws DiagnosticError `bad-option`
 */
export function noticeSource(text: string): NoticeSource {
  const cloud = CLOUDS[text];
  if (cloud) return cloud;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') {
    return {
      url: text,
      name: url.host,
      headers: () => Promise.resolve({}),
      isNotice: (status, body) => status === 200 && !/^\s*(false|none)?\s*$/i.test(body),
    };
  }
  throw new DiagnosticError('bad-option', {
    message: `--preemption-url cannot be ${JSON.stringify(text)}`,
    expected: `${Object.keys(CLOUDS).join(', ')}, or an http URL`,
    fix: 'see `reprise worker --help`',
  });
}

/** Whether the host is to leave. A metadata server that does not answer says nothing. */
export async function hasNotice(source: NoticeSource): Promise<boolean> {
  try {
    const headers = await source.headers();
    const response = await fetch(source.url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return source.isNotice(response.status, await response.text());
  } catch {
    return false;
  }
}
