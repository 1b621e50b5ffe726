/** Runs the stages' commands on a few rows of tests/rows, with the project's own configuration, and leaves the project as it is. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = dirname(dirname(fileURLToPath(import.meta.url)));

/** The command line of the package that the project has installed. */
const executable = join(dirname(fileURLToPath(import.meta.resolve('reprise/package.json'))), 'bin/reprise');

/** @returns what it prints; an error has what it says. */
export function reprise(args: readonly string[], cwd: string = project): string {
  return execFileSync(process.execPath, [executable, ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    // A test is no experiment.
    env: { ...process.env, REPRISE_CONFIG__TRACKING__ENABLED: 'false' },
  });
}

/** A folder with the project's code and configuration; these files take the place of its own. */
export function copyOfProject(files: Readonly<Record<string, unknown>>): string {
  const copy = mkdtempSync(join(tmpdir(), 'project-'));
  for (const name of ['configs', 'src', 'package.json', 'params.yaml', 'tests/rows'])
    cpSync(join(project, name), join(copy, name), { recursive: true });
  // JSON is YAML, too.
  for (const [path, value] of Object.entries(files)) writeFileSync(join(copy, path), JSON.stringify(value));
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
  return copy;
}
