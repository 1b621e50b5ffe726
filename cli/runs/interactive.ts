import { createInterface } from 'node:readline';
import { DiagnosticError } from '../../diagnostics/index.js';
import { createRenderer } from '../display/index.js';
import { CommandExit, EXIT } from '../report-error.js';
import { findChanges } from './changes.js';
import { openLocalProject, type LocalProject } from './local-project.js';
import { repro } from './repro.js';
import { selectionOf, type ReproOptions } from './repro-options.js';

/**
 * `reprise repro --interactive`: asks before each stage that is not up to date, in dvc's order. Each that is wanted is a run of its own.
 * "No" counts as a failure of the stage, as it does for dvc.
 *
 * @throws CommandExit when a stage failed or was not wanted; DiagnosticError
 */
export async function reproInteractively(options: Omit<ReproOptions, 'renderer'>): Promise<void> {
  if (!process.stdin.isTTY)
    throw new DiagnosticError('not-a-terminal', {
      message: 'there is nobody to ask: the input is no terminal',
      fix: 'leave out --interactive',
    });
  const local = await openLocalProject(options.cwd, selectionOf(options));
  // Not as a terminal of readline's, which would keep Ctrl-C from the run.
  const input = createInterface({ input: process.stdin, terminal: false });
  try {
    await new Questions(options, local, input[Symbol.asyncIterator]()).ask();
  } finally {
    input.close();
  }
}

class Questions {
  /** Those that are run whatever their files say. */
  readonly #forced = new Set<string>();
  readonly #failed = new Set<string>();
  #asked = 0;

  constructor(
    readonly options: Omit<ReproOptions, 'renderer'>,
    readonly local: LocalProject,
    readonly lines: AsyncIterator<string>,
  ) {}

  async ask(): Promise<void> {
    const { keepGoing, ignoreErrors } = this.options.input;
    for (const { address } of this.local.selected) {
      if (!ignoreErrors && this.#upstreamOf(address).some((before) => this.#failed.has(before))) {
        this.#failed.add(address);
        continue;
      }
      const isGood = await this.#bringUpToDate(address);
      if (isGood) continue;
      this.#failed.add(address);
      if (!keepGoing && !ignoreErrors) break;
    }
    if (this.#failed.size > 0 && !ignoreErrors) throw new CommandExit(EXIT.failure);
    if (this.#asked === 0) process.stderr.write('everything is up to date\n');
  }

  /** False when it failed, or was not wanted. */
  async #bringUpToDate(address: string): Promise<boolean> {
    const { input } = this.options;
    const force = input.force === true || this.#forced.has(address);
    const cwd = this.local.root;
    // The stages before it may have changed what it reads.
    const now = await openLocalProject(cwd, { targets: [address], singleItem: true }, { dataIsHere: false });
    const isChanged = async (allowMissing: boolean): Promise<boolean> =>
      (await findChanges(now, { force, allowMissing })).some(({ reasons }) => reasons.length > 0);
    if (!(await isChanged(input.allowMissing === true))) return true;
    this.#asked++;
    // What would be pulled is not run.
    const isPulled = input.pull === true && !(await isChanged(true));
    if (!isPulled && !(await this.#confirm(address))) return false;
    const renderer = createRenderer({ json: false });
    try {
      const own = { targets: [address], singleItem: true, ...(force ? { force } : {}) };
      await repro({ ...this.options, cwd, input: { ...flagsOf(input), ...own }, renderer });
    } catch (error) {
      if (error instanceof CommandExit && error.exitCode === EXIT.failure) return false;
      throw error;
    } finally {
      renderer.close();
    }
    if (input.forceDownstream && !isPulled)
      for (const [other, upstream] of this.local.pipeline.upstream)
        if (upstream.includes(address)) this.#forced.add(other);
    return true;
  }

  async #confirm(address: string): Promise<boolean> {
    for (;;) {
      process.stderr.write(`Going to reproduce ${address}. Are you sure you want to continue? [y/n] `);
      const { value, done } = await this.lines.next();
      const answer = done ? 'no' : String(value).trim().toLowerCase();
      if (['yes', 'y'].includes(answer)) return true;
      if (['no', 'n'].includes(answer)) {
        process.stderr.write(`${address}: not reproduced, as was answered\n`);
        return false;
      }
    }
  }

  #upstreamOf(address: string): readonly string[] {
    return this.local.pipeline.upstream.get(address) ?? [];
  }
}

/** Without what says which stages: each run has one. */
function flagsOf(input: ReproOptions['input']): ReproOptions['input'] {
  const {
    targets: _t,
    downstream: _d,
    pipeline: _p,
    allPipelines: _a,
    recursive: _r,
    glob: _g,
    ...flags
  } = input;
  return flags;
}
