import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DiagnosticError } from '../diagnostics/index.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where runs go. */
export type TrackingTarget = FileTarget | ServerTarget;

export interface FileTarget {
  readonly kind: 'files';
  /** Absolute; MLflow's `mlruns`. */
  readonly folder: string;
  /** Names it, for people and in what is kept on disk. Has no secrets. */
  readonly uri: string;
}

export interface ServerTarget {
  readonly kind: 'server';
  /** Without credentials and without a slash at its end. */
  readonly uri: string;
  /** The header `authorization`; a secret. */
  readonly authorization: string | undefined;
  readonly insecure: boolean;
  /** File of the authorities that vouch for the server, in place of the system's. */
  readonly authority: string | undefined;
  /** Of a certificate and key of our own, in one file. */
  readonly clientCertificate: string | undefined;
}

/**
 * What MLflow's own client reads from the environment: `MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_TOKEN`, or
 * `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`, `MLFLOW_TRACKING_INSECURE_TLS`,
 * `MLFLOW_TRACKING_SERVER_CERT_PATH`, `MLFLOW_TRACKING_CLIENT_CERT_PATH`.
 *
 * @param folder the file store where nothing is configured; absolute
 * @throws DiagnosticError `bad-tracking-uri`
 */
export function trackingTarget(folder: string, env: Environment = process.env): TrackingTarget {
  const given = env['MLFLOW_TRACKING_URI']?.trim();
  if (!given) return files(folder);
  if (/^https?:\/\//i.test(given)) return server(given, env);
  if (/^file:/i.test(given)) {
    try {
      return files(fileURLToPath(given));
    } catch (cause) {
      throw refused(given, 'it names no folder of this host', 'file:///absolute/path', cause);
    }
  }
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(given)?.[1];
  if (scheme === undefined) return files(resolve(given));
  throw refused(
    `${scheme}:…`,
    `runs are written to a folder or to a server, and not to ${scheme}:`,
    `run \`mlflow server --backend-store-uri ${scheme}:…\`, and name its http address`,
  );
}

function files(folder: string): FileTarget {
  return { kind: 'files', folder, uri: pathToFileURL(folder).href };
}

function server(given: string, env: Environment): ServerTarget {
  let url: URL;
  try {
    url = new URL(given);
  } catch (cause) {
    throw refused('it', 'it is no address', 'http://host:5000', cause);
  }
  const [name, password] = [url.username, url.password].map(decodeURIComponent);
  url.username = url.password = url.search = url.hash = '';
  const credentials = name
    ? basic(name, password ?? '')
    : env['MLFLOW_TRACKING_USERNAME'] && env['MLFLOW_TRACKING_PASSWORD']
      ? basic(env['MLFLOW_TRACKING_USERNAME'], env['MLFLOW_TRACKING_PASSWORD'])
      : env['MLFLOW_TRACKING_TOKEN']
        ? `Bearer ${env['MLFLOW_TRACKING_TOKEN']}`
        : undefined;
  return {
    kind: 'server',
    uri: url.href.replace(/\/+$/, ''),
    authorization: credentials,
    insecure: /^(1|true)$/i.test(env['MLFLOW_TRACKING_INSECURE_TLS'] ?? ''),
    authority: env['MLFLOW_TRACKING_SERVER_CERT_PATH'] || undefined,
    clientCertificate: env['MLFLOW_TRACKING_CLIENT_CERT_PATH'] || undefined,
  };
}

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`, 'utf8').toString('base64')}`;

function refused(found: string, problem: string, fix: string, cause?: unknown): DiagnosticError {
  return new DiagnosticError('bad-tracking-uri', {
    message: `MLFLOW_TRACKING_URI: ${problem}`,
    found,
    fix,
    cause,
  });
}
