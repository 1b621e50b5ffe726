import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Candidate } from './candidates.js';

/** A shell asks at each TAB, and reads the script as it starts: what only some answers need is loaded for those. */
const dvc = () => import('../../dvc/index.js');

/**
 * Stages, runs and remotes of the project that the shell is in: what its files say, without asking a server. None where there is no
 * project, or its files are wrong: the command itself says so when it runs.
 */
export async function projectValues(command: Command, name: string): Promise<readonly Candidate[]> {
  const source = sourceOf(command, name);
  try {
    return source ? await source(process.cwd()) : [];
  } catch {
    return [];
  }
}

type Source = (cwd: string) => Promise<readonly Candidate[]>;

function sourceOf(command: Command, name: string): Source | undefined {
  const parent = command.parent?.name();
  if (name === 'targets' || name === 'stage') return stages;
  if (name === 'run') return runs;
  if (parent === 'remote' && name === 'name' && command.name() !== 'add') return remotes;
  if (name === '--remote') return remotes;
  if (name === '--task') return async () => described((await import('../init/index.js')).tasks);
  if (name === '--problem-type') return problems;
  return undefined;
}

async function stages(cwd: string): Promise<readonly Candidate[]> {
  const { loadPipeline, openProject } = await dvc();
  const { stages: found } = await loadPipeline(await openProject(cwd));
  return found.map(({ address, desc }) => ({ value: address, description: desc ?? '' }));
}

/** Those whose logs are here, the newest first. */
async function runs(cwd: string): Promise<readonly Candidate[]> {
  const { openProject } = await dvc();
  const { root } = await openProject(cwd);
  const folder = join(root, '.reprise', 'logs');
  const found = readdirSync(folder)
    .map((value) => ({ value, at: statSync(join(folder, value)).mtime }))
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .map(({ value, at }) => ({ value, description: at.toISOString() }));
  return [{ value: 'latest', description: 'the newest' }, ...found];
}

async function remotes(cwd: string): Promise<readonly Candidate[]> {
  const { openProject, readRemotes } = await dvc();
  const { root } = await openProject(cwd);
  return [...readRemotes(root).byName].map(([value, settings]) => ({
    value,
    description: settings.get('url')?.value ?? '',
  }));
}

async function problems(): Promise<readonly Candidate[]> {
  const { problemTypes } = await import('../../configs/index.js');
  return problemTypes.map((value) => ({ value, description: '' }));
}

function described(values: Readonly<Record<string, string>>): readonly Candidate[] {
  return Object.entries(values).map(([value, description]) => ({ value, description }));
}
