import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openState } from '../../runner/project.js';

/** Part of a task queue's name. */
const hostId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'expected letters, digits, _, . and -, at most 100 of them');

/** Host name → id: hosts may share the folder. */
const hostFile = z.record(z.string(), hostId);

/**
 * Names the host for as long as the served folder lasts: what a stage left there is found there again.
 *
 * @param root folder that is served
 * @param given by the user, in place of the kept one
 * @throws DiagnosticError `bad-host-id`
 */
export async function hostIdOf(root: string, given?: string): Promise<string> {
  if (given !== undefined) {
    const parsed = hostId.safeParse(given);
    if (parsed.success) return parsed.data;
    throw new DiagnosticError('bad-host-id', {
      message: `${given} cannot name a host`,
      expected: 'letters, digits, _, . and -, at most 100 of them',
      fix: 'choose another --host-id, or leave it out: `.reprise/host.json` keeps one',
    });
  }
  const file = join(await openState(root), 'host.json');
  const known = read(file);
  const name = hostname();
  const kept = known[name];
  if (kept !== undefined) return kept;
  const readable = name.replaceAll(/[^A-Za-z0-9_.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'host';
  const id = `${readable.slice(0, 60)}-${randomBytes(2).toString('hex')}`;
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify({ ...known, [name]: id }, undefined, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
  return id;
}

/** A file that is torn or was edited costs a new id, no more. */
function read(file: string): z.output<typeof hostFile> {
  try {
    return hostFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
