import { createHash } from 'node:crypto';
import { basename } from 'node:path';

/** The workflow id of a project's one run of stages: `reprise-<name>-<hash of its root>`. */
export function projectRunId(root: string, name: string = basename(root)): string {
  const readable = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  return `reprise-${readable}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}
