import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import { applyExperiment, type SweepRecord } from '../../runner/index.js';
import type { SweepState } from '../../workflows/index.js';
import { createPalette, wantsColour } from '../display/palette.js';
import { formatFigure } from '../progress/index.js';
import { endEvent } from './events.js';
import { recordIn, recordsIn, type SweepPlace } from './record-places.js';
import { endText } from './renderer.js';

/** `reprise sweep list`. No server is needed: a sweep leaves its record in the project, or in the repository. */
export async function listSweeps(place: SweepPlace, json: boolean): Promise<void> {
  const records = await recordsIn(place);
  if (json) return say(JSON.stringify(records.map((record) => summaryOf(record))));
  if (records.length === 0) {
    const git = 'git' in place ? ` --git ${place.git}` : '';
    return say(`no sweeps; begin one: reprise sweep run${git} --param … --metric …`);
  }
  for (const record of records) {
    const { id, status, startedAt, metric, trials, best, value, commit, path } = summaryOf(record);
    const of = commit === undefined ? '' : ` of ${commit.slice(0, 8)}${path === '.' ? '' : ` in ${path}`}`;
    const found = best === undefined || value === undefined ? '' : `, best ${best}: ${formatFigure(value)}`;
    say(`${id}  ${status}  ${startedAt}  ${trials} trials by ${metric}${of}${found}`);
  }
}

/** `reprise sweep show`. */
export async function showSweep(place: SweepPlace, id: string | undefined, json: boolean): Promise<void> {
  const record = await findRecord(place, id);
  const state = stateOf(record);
  const ends = state.trials.map((trial) => trial.finishedAt ?? trial.startedAt);
  const seconds = Math.max(0, Math.max(state.startedAt, ...ends) - state.startedAt) / 1000;
  const end = endEvent(state, seconds, record.status as SweepState['status']);
  if (json) return say(JSON.stringify(end));
  const { stdout } = process;
  const palette = createPalette(wantsColour(process.env, stdout.isTTY));
  say(endText(end, palette, process.env, stdout.isTTY ? stdout.columns : 200));
}

/** `reprise sweep apply`: the workspace becomes what a trial made; without a trial, the best one. */
export async function applySweep(
  cwd: string,
  id: string | undefined,
  trial: string | undefined,
  { force, json }: { force: boolean; json: boolean },
): Promise<void> {
  const { root } = await openProject(cwd);
  const record = await findRecord({ cwd }, id);
  const state = stateOf(record);
  const label = trial === undefined ? state.best : normalize(trial);
  const chosen = state.trials.find((candidate) => candidate.label === label);
  if (!chosen?.experiment) {
    const done = state.trials.filter((candidate) => candidate.experiment).map((candidate) => candidate.label);
    throw new DiagnosticError('trial-missing', {
      message:
        trial === undefined
          ? `no trial of the sweep ${record.id} has come to its end`
          : `the sweep ${record.id} has no trial ${trial} that came to its end`,
      ...(done.length === 0 ? {} : { expected: `one of ${done.slice(0, 20).join(', ')}` }),
      fix: `see reprise sweep show ${record.id}`,
    });
  }
  const { commit, name } = chosen.experiment;
  const files = await applyExperiment({ root, sweep: record.id, label: chosen.label, commit, force });
  if (json)
    return say(
      JSON.stringify({ event: 'applied', id: record.id, label: chosen.label, experiment: name, files }),
    );
  say(`applied trial ${chosen.label} (${name}): ${files.join(', ') || 'nothing differed'}`);
}

/** The one that is named, or else the newest. */
async function findRecord(place: SweepPlace, id: string | undefined): Promise<SweepRecord> {
  const found = id === undefined ? (await recordsIn(place))[0] : await recordIn(place, id);
  if (found) return found;
  const [where, options] = 'git' in place ? ['the repository', ` --git ${place.git}`] : ['this project', ''];
  throw new DiagnosticError('sweep-missing', {
    message: id === undefined ? `${where} has no sweep` : `${where} has no sweep ${id}`,
    fix: id === undefined ? `begin one: reprise sweep run${options}` : `see reprise sweep list${options}`,
  });
}

const stateOf = (record: SweepRecord): SweepState => record.state as SweepState;

/** `7` is trial `007`. */
function normalize(trial: string): string {
  return trial.replace(/^\d+/, (digits) => digits.padStart(3, '0'));
}

function summaryOf(record: SweepRecord) {
  const { method, metric, direction, trials, best, git } = stateOf(record);
  const value = trials.find((trial) => trial.label === best)?.value;
  const { id, status, startedAt } = record;
  const summary = { id, status, startedAt, method, metric, direction, trials: trials.length, best, value };
  return { ...summary, commit: git?.commit, path: git?.path };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
