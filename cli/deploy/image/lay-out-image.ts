import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { ProductionRecord } from '../../../promotion/index.js';
import { dockerfile, dockerignore, startScript } from './image-files.js';
import { HUB, placeModel } from './place-model.js';
import { placePackages } from './place-packages.js';

/** Only a folder with this in it is taken for one of ours, and replaced. */
const MARK = 'start.sh';

/**
 * Writes the folder that an image is built from. It is made beside its place and gets its name when it is whole.
 *
 * @param output where; what was there by an earlier call is replaced
 * @throws DiagnosticError `output-taken`, and those of `placeModel` and `placePackages`
 */
export async function layOutImage(options: {
  readonly root: string;
  readonly record: ProductionRecord;
  readonly output: string;
  readonly port: number;
  readonly log: (line: string) => void;
}): Promise<void> {
  const { root, record, output, port, log } = options;
  await requireOurs(output);
  const part = join(dirname(output), `.${basename(output)}.${randomUUID().slice(0, 8)}`);
  try {
    // What the Dockerfile copies is there, though it may be empty.
    for (const folder of [HUB, 'packages']) await mkdir(join(part, folder), { recursive: true });
    await placeModel({ root, record, context: part, log });
    await placePackages(part, log);
    const about = `v${record.version}, promoted ${record.promoted.at} (${record.model.md5})`;
    await writeFile(join(part, 'Dockerfile'), dockerfile(about, port));
    await writeFile(join(part, '.dockerignore'), dockerignore);
    await writeFile(join(part, MARK), startScript(port), { mode: 0o755 });
    await rm(output, { recursive: true, force: true });
    await rename(part, output);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** Never removes what somebody else has put there. */
async function requireOurs(output: string): Promise<void> {
  const names = await readdir(output).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw taken(output);
  });
  if (names.length > 0 && !existsSync(join(output, MARK))) throw taken(output);
}

function taken(output: string): DiagnosticError {
  return new DiagnosticError('output-taken', {
    message: `${output} is there already, and is not what \`reprise deploy\` writes`,
    at: { file: output },
    fix: 'name another folder with --output, or remove it',
  });
}
