import { DiagnosticError } from '../../diagnostics/index.js';
import { LocalStore, openS3Store, type ObjectStore } from '../../storage/index.js';
import { shownFile } from '../project/index.js';
import type { Project } from '../types.js';
import { resolveRemote, type ResolvedRemote } from './config/resolve-remote.js';
import { s3Options } from './config/s3-options.js';

/** A DVC remote, ready to be spoken to. */
export interface Remote {
  readonly name: string;
  /** Absolute folder, or URL. */
  readonly url: string;
  readonly store: ObjectStore;
  /** How many objects may cross at a time. */
  readonly jobs: number;
}

/** A network is waited for: more at a time than there are cores. */
const JOBS = 16;
/** As DVC leaves objects in a remote that is a folder. */
const PROTECTED = 0o444;

/**
 * Opens a remote of the project. No request is made yet.
 *
 * @param name otherwise the default one
 * @throws DiagnosticError `bad-config`, `no-remote`, `remote-unknown`, `remote-unsupported`
 */
export async function openRemote(project: Project, name?: string): Promise<Remote> {
  const resolved = resolveRemote(project, name);
  const { url } = resolved;
  const remote = { name: resolved.name, url, jobs: jobsOf(project, resolved) };
  const kind = /^(\w[\w+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (kind === undefined) return { ...remote, store: new LocalStore(url, { mode: PROTECTED }) };
  if (kind === 's3') return { ...remote, store: await openS3Store(s3Options(project.root, resolved)) };
  throw new DiagnosticError('remote-unsupported', {
    message: `the remote ${resolved.name} is of the kind ${kind}, which is not supported`,
    at: { file: shownFile(project.root, resolved.settings.get('url')?.file ?? '.dvc/config') },
    expected: 's3://bucket/path, or a folder',
    found: `${kind}://`,
    fix: 'use dvc push and dvc pull with it, or add a remote on S3 or in a folder',
  });
}

function jobsOf(project: Project, { name, settings }: ResolvedRemote): number {
  const setting = settings.get('jobs');
  if (!setting) return JOBS;
  if (/^[1-9]\d{0,3}$/.test(setting.value)) return Number(setting.value);
  throw new DiagnosticError('bad-config', {
    message: `remote.${name}.jobs is not a whole number from 1`,
    at: { file: shownFile(project.root, setting.file) },
    found: setting.value,
    fix: `correct it: reprise remote modify ${name} jobs 8`,
  });
}
