import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/status.js';
import { packageRoot } from '../../infra/locate/index.js';
import { openState } from '../../runner/project.js';
import type { Renderer, RunEvent, RunFinished, RunStarted } from '../display/index.js';

export interface DetachOptions {
  readonly cwd: string;
  /** Arguments after `reprise`, without `--detach`. */
  readonly args: readonly string[];
  readonly renderer: Renderer;
}

const POLL_MS = 100;

/**
 * Leaves the run to a process of its own, with the workers and the server in it, whose events go to a file. Returns when the
 * run has begun.
 *
 * @throws DiagnosticError `detach-failed`
 */
export async function detach({ cwd, args, renderer }: DetachOptions): Promise<void> {
  const { root } = await openProject(cwd);
  const folder = join(await openState(root), 'detached');
  mkdirSync(folder, { recursive: true });
  const log = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.jsonl`);
  const out = openSync(log, 'w');
  const executable = join(packageRoot(), 'bin', 'reprise');
  const child = spawn(process.execPath, [executable, ...args, '--json'], {
    cwd,
    detached: true,
    stdio: ['ignore', out, out],
  });
  closeSync(out);
  child.unref();
  let exited = false;
  child.on('exit', () => (exited = true));

  for (;;) {
    const ended = exited;
    const events = readEvents(log);
    const run = events.find((event): event is RunStarted => event.event === 'run');
    const end = events.find((event): event is RunFinished => event.event === 'end');
    if (run) {
      renderer.show({ ...run, state: 'detached' });
      renderer.show({
        event: 'notice',
        code: 'detached',
        message: `process ${child.pid} goes on with it; its events are in ${log}`,
        fix: `the same command without --detach watches it; kill -INT ${child.pid} ends it`,
      });
      return;
    }
    if (end) {
      renderer.show(end);
      return;
    }
    if (ended) throw failure(log, events);
    await sleep(POLL_MS);
  }
}

type LoggedEvent =
  | RunEvent
  | { readonly event: 'error'; readonly code: string; readonly message: string; readonly fix?: string };

/** The last line may be half written. */
function readEvents(file: string): LoggedEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LoggedEvent];
      } catch {
        return [];
      }
    });
}

function failure(log: string, events: readonly LoggedEvent[]): DiagnosticError {
  for (const event of events) {
    if (event.event !== 'error') continue;
    return new DiagnosticError(event.code, {
      message: event.message,
      ...(event.fix === undefined ? {} : { fix: event.fix }),
    });
  }
  return new DiagnosticError('detach-failed', {
    message: 'the process that was to go on with the run ended before the run began',
    found: readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n  '),
    fix: `see ${log}`,
  });
}
