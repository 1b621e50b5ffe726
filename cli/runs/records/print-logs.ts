import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { openProject } from '../../../dvc/index.js';
import { hostIdOf } from '../../../workers/host/host-id.js';
import { isPassing, type ConnectionFlags } from '../../connection/index.js';
import { chainOf, findRun } from './find-run.js';
import type { LogSource } from './log-source.js';
import { logPrinter, type LogPrinter } from './log-printer.js';
import { readDetails, type RunDetails } from './read-details.js';
import { withSession } from './runs-session.js';
import { StageReader, type ReadableStage } from './stage-reader.js';

export interface LogsOptions extends ConnectionFlags {
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Seconds that a host may keep a reader waiting for news; then it is asked again. */
const WAIT = 10;
const LOOK_MS = 1_000;

const ENDED: ReadonlySet<string> = new Set(['ran', 'restored', 'skipped', 'failed', 'blocked', 'canceled']);

/**
 * `reprise runs logs`: what the stages of a run have printed, wherever they ran.
 *
 * @throws DiagnosticError `run-not-found`, `stage-not-found`, `host-away`
 */
export async function printLogs(id: string, stage: string | undefined, options: LogsOptions): Promise<void> {
  await withSession(options, async ({ client }) => {
    const description = await findRun(client, id);
    const { runId } = description;
    const source = await sourceOf(client, description);
    const print = logPrinter({ json: options.json ?? false, named: stage === undefined });
    const look = async () => {
      const details = await readDetails(client, await findRun(client, runId));
      const stages = await chosen(details, stage);
      const closed = details.run.closedAt !== undefined;
      return { stages, over: closed || (stage !== undefined && stages.every((one) => one.ended)) };
    };
    if (options.follow) await follow(source, print, look);
    else {
      const { stages } = await look();
      for (const one of stages) await new StageReader(source, print.text).read(one, 0);
    }
    print.end();
  });
}

type Look = () => Promise<{ readonly stages: readonly ReadableStage[]; readonly over: boolean }>;

/** Each stage at its own pace: a host that has no news keeps its reader waiting, and no other. */
async function follow(source: LogSource, print: LogPrinter, look: Look): Promise<void> {
  const readers = new Map<string, StageReader>();
  const reading = new Map<string, Promise<void>>();
  const said = new Set<string>();
  const read = async (reader: StageReader, one: ReadableStage, wait: number): Promise<void> => {
    try {
      await reader.read(one, wait);
    } catch (error) {
      const mayMend = error instanceof DiagnosticError ? error.code === 'host-away' : isPassing(error);
      if (!mayMend) throw error;
      const { message } = error as Error;
      if (!said.has(message)) process.stderr.write(`${message}; trying again\n`);
      said.add(message);
    }
  };
  for (;;) {
    const { stages, over } = await look();
    if (over) await Promise.all(reading.values());
    for (const one of stages) {
      if (reading.has(one.address)) continue;
      let reader = readers.get(one.address);
      if (!reader) readers.set(one.address, (reader = new StageReader(source, print.text)));
      const going = read(reader, one, one.ended ? 0 : WAIT);
      reading.set(
        one.address,
        going.finally(() => reading.delete(one.address)),
      );
    }
    if (over) {
      await Promise.all(reading.values());
      return;
    }
    await Promise.race([sleep(LOOK_MS), failureOf(reading.values())]);
  }
}

/** Settles only when one of them fails. */
function failureOf(all: Iterable<Promise<void>>): Promise<never> {
  return new Promise((_, reject) => {
    for (const one of all) one.catch(reject);
  });
}

/** Which stages' logs are asked for, and where they are. */
async function chosen(details: RunDetails, stage: string | undefined): Promise<readonly ReadableStage[]> {
  const { stages, snapshot, run } = details;
  const known = stages.map(({ address, status, hosts = [] }) => {
    const live = snapshot?.live.get(address)?.progress.host;
    return {
      address,
      hosts: live === undefined || hosts.at(-1) === live ? hosts : [...hosts, live],
      ended: ENDED.has(status) || run.closedAt !== undefined,
    };
  });
  if (stage === undefined) return known;
  const found = known.find(({ address }) => address === stage);
  if (found) return [found];
  // Nobody can say which stages an unplanned, unanswered or terminated run has.
  if (known.length === 0 || details.unanswered) {
    return [{ address: stage, hosts: [], ended: run.closedAt !== undefined }];
  }
  throw new DiagnosticError('stage-not-found', {
    message: `the run ${run.runId} has no stage ${stage}`,
    expected: known.map(({ address }) => address).join(', '),
    fix: 'name one of these, or none for all of them',
  });
}

async function sourceOf(client: Client, description: WorkflowExecutionDescription): Promise<LogSource> {
  return {
    client,
    taskQueue: description.taskQueue,
    run: chainOf(description),
    local: await localLogs(),
  };
}

/** Logs that lie in the project here need no server. */
async function localLogs(): Promise<LogSource['local']> {
  const root = await openProject(process.cwd()).then(
    (project) => project.root,
    () => undefined,
  );
  // Where nothing ever ran, nothing is left behind only for having looked.
  if (root === undefined || !existsSync(join(root, '.reprise'))) return undefined;
  return { root, hostId: await hostIdOf(root) };
}
