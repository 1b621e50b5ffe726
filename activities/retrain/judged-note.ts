import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DiagnosticError } from '../../diagnostics/index.js';
import { writeBeside } from '../../dvc/index.js';
import { openState } from '../../runner/index.js';
import { LocalStore, type ObjectStore } from '../../storage/index.js';
import type { Candidate, GitWorkspace, Judged, PromotionSettings } from '../../workflows/index.js';
import { remoteOf } from './contents.js';
import type { RetrainedProject } from './open-project.js';

/** What was judged last: the candidate, the version that it was compared with, and the gates. */
export type JudgedQuestion = Pick<Judged, 'candidate' | 'production'> & {
  readonly settings: PromotionSettings;
};

/** Whether the same was judged before. */
export async function isJudged(project: RetrainedProject, question: JudgedQuestion): Promise<boolean> {
  return (await readNote(project)).trim() === digestOf(question);
}

/**
 * Remembers what was judged: beside the project, or where the hosts of a repository look, in the remote. Where it is lost, the
 * same is judged once more.
 */
export async function noteJudged(project: RetrainedProject, question: JudgedQuestion): Promise<void> {
  const { workspace } = project;
  const note = `${digestOf(question)}\n`;
  if (workspace.kind === 'path') await writeBeside(await noteFile(project), note);
  else await (await storeOf(project)).put(noteKey(workspace), Buffer.from(note));
}

async function readNote(project: RetrainedProject): Promise<string> {
  const { workspace } = project;
  if (workspace.kind === 'path') return await readFile(await noteFile(project), 'utf8').catch(() => '');
  try {
    return await text(await (await storeOf(project)).get(noteKey(workspace)));
  } catch (error) {
    if (error instanceof DiagnosticError) throw error;
    return '';
  }
}

async function noteFile({ root }: RetrainedProject): Promise<string> {
  return join(await openState(root), 'judged');
}

/** Without a remote, one host has all. */
async function storeOf(project: RetrainedProject): Promise<ObjectStore> {
  return (await remoteOf(project))?.store ?? new LocalStore(join(project.config.cacheDir, 'reprise'));
}

/** One for each place that has a model in production. */
function noteKey({ url, path, branch = '' }: GitWorkspace): string {
  return `reprise/judged/${createHash('sha256').update([url, path, branch].join('\0')).digest('hex')}`;
}

function digestOf({ candidate, production, settings }: JudgedQuestion): string {
  const gates = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([hashesOf(candidate), production, gates]))
    .digest('hex');
}

function hashesOf({ model, predictions }: Candidate): unknown {
  return [model, predictions].map(({ path, md5 }) => ({ path, md5 }));
}
