import type { ConnectionFlags, Session } from '../../connection/index.js';
import { chooseGlyphs } from '../../display/glyphs.js';
import { failureText } from '../../display/messages.js';
import { createPalette, wantsColour, type Palette } from '../../display/palette.js';
import { RunView } from '../../display/run-view.js';
import { stageRows } from '../../display/stage-rows.js';
import { secondsText } from '../../display/stage-text.js';
import { plain } from '../../display/text-width.js';
import { Observer } from '../observer.js';
import { retryingText, retryingWork } from '../retrying.js';
import { chainOf, findRun } from './find-run.js';
import { localTime, printJson } from './print.js';
import { readDetails, type RunDetails, type StageDetails } from './read-details.js';
import { withSession } from './runs-session.js';

/** `reprise runs show` */
export async function printDetails(
  id: string,
  options: ConnectionFlags & { readonly json?: boolean },
): Promise<void> {
  await withSession(options, async (session) => {
    const description = await findRun(session.client, id);
    const details = await readDetails(session.client, description);
    const ui = linkTo(session, description.workflowId, chainOf(description));
    if (options.json) {
      const { run, snapshot: _, ...rest } = details;
      printJson('run-details', { ...run, ...rest, ...(ui === undefined ? {} : { ui }) });
    } else process.stdout.write(`${detailsText(details, ui)}\n`);
  });
}

/** A server that was started only for this command takes its UI with it. */
function linkTo(session: Session, workflowId: string, runId: string): string | undefined {
  return session.server?.started ? undefined : session.runAddress(workflowId, runId);
}

function detailsText(details: RunDetails, ui: string | undefined): string {
  const { run, stages, error, result, unanswered, snapshot } = details;
  const palette = createPalette(wantsColour(process.env, process.stdout.isTTY === true));
  const took = run.closedAt === undefined ? 'runs for' : 'took';
  const lines: [string, string | undefined][] = [
    ['run', `${run.runId} of ${run.workflowId}`],
    ['type', run.type],
    ['project', run.project],
    ['targets', run.targets?.join(', ')],
    ['status', run.status],
    ['started', `${localTime(run.startedAt)}, ${took} ${secondsText(run.seconds)}`],
    ['UI', ui ?? 'see `reprise ui`'],
  ];
  const head = lines
    .filter(([, text]) => text !== undefined && text !== '')
    .map(([name, text]) => `${palette.dim(name.padEnd(8))} ${plain(text ?? '')}`);
  const failures = stages.flatMap((stage) =>
    stage.error ? [failureText(stage.address, stage.attempt ?? 1, stage.error.message, palette)] : [],
  );
  const retrying = snapshot ? retryingWork(snapshot.description).map(retryingText) : [];
  return [
    ...head,
    ...(stages.length > 0 ? ['', ...tableOf(details, palette)] : []),
    ...(failures.length > 0 ? ['', ...failures] : []),
    ...(retrying.length > 0 ? ['', ...retrying.map((text) => palette.yellow(plain(text)))] : []),
    ...(error ? ['', palette.red(error.message), ...(error.fix ? [`  fix: ${error.fix}`] : [])] : []),
    ...(result === undefined ? [] : ['', JSON.stringify(result, undefined, 2)]),
    ...(unanswered ? ['', palette.yellow(UNANSWERED)] : []),
  ].join('\n');
}

const UNANSWERED =
  'no worker answers for this run: it goes on once one serves its queue\n' +
  '  fix: start `reprise worker` where the project is, or run the same `reprise repro` again';

function tableOf({ stages, snapshot }: RunDetails, palette: Palette): string[] {
  const view = new RunView();
  view.apply({
    event: 'plan',
    stages: stages.map(({ address, queue = '' }) => ({ address, queue })),
  });
  if (snapshot?.state) new Observer((event) => view.apply(event)).see(snapshot);
  else for (const stage of stages) view.apply(eventOf(stage));
  const columns = process.stdout.columns ?? 120;
  const style = { glyphs: chooseGlyphs(process.env), palette, columns, now: Date.now() };
  return stageRows(view, style, Infinity);
}

function eventOf({ address, status, attempt = 0, seconds, error, queue = '' }: StageDetails) {
  const timed = seconds !== undefined && status !== 'skipped' && status !== 'blocked';
  return {
    event: 'stage' as const,
    address,
    status,
    queue,
    attempt,
    restarts: 0,
    ...(timed ? { seconds } : {}),
    ...(error ? { error } : {}),
  };
}
