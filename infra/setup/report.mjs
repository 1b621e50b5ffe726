// @ts-check

/**
 * What a step tells while it works. `done` and `total` are bytes unless `unit` says otherwise.
 * @typedef {{ message: string, done?: number, total?: number, unit?: string }} Progress
 *
 * @typedef {object} Report
 * @property {(step: string, message: string) => void} started
 * @property {(step: string, progress: Progress) => void} progress
 * @property {(step: string, result: { message: string, seconds: number, already: boolean }) => void} finished
 * @property {(step: string, failure: import('./failure.mjs').SetupFailure) => void} failed
 * @property {(message: string) => void} note
 */

/** Off a terminal, a line comes when a step turns to something else, and else this often, in milliseconds. */
const LINE_EVERY = 5_000;

/**
 * On a terminal one line is written over and over; elsewhere a line every few seconds.
 * Steps that were done already say nothing unless `verbose`.
 *
 * @param {{ stream?: NodeJS.WriteStream, verbose?: boolean, now?: () => number }} [options]
 * @returns {Report}
 */
export function textReport({ stream = process.stderr, verbose = true, now = Date.now } = {}) {
  const live = Boolean(stream.isTTY);
  /** @type {Map<string, { since: number, shown: number, text: string, doing: string }>} */
  const active = new Map();
  const clear = () => void (live && stream.write('\r\x1b[K'));
  const redraw = () => {
    if (!live || active.size === 0) return;
    const parts = [...active].map(([step, { since, text }]) => `${step} ${seconds(now() - since)} ${text}`);
    stream.write(`\r\x1b[K${parts.join('  |  ').slice(0, (stream.columns || 100) - 1)}`);
  };
  /** @param {string} text */
  const line = (text) => {
    clear();
    stream.write(`${text}\n`);
    redraw();
  };
  return {
    started(step, message) {
      active.set(step, { since: now(), shown: now(), text: message, doing: message });
      line(`${step}: ${message}`);
    },
    progress(step, progress) {
      const state = active.get(step);
      if (!state) return;
      state.text = describe(progress);
      const turned = state.doing !== progress.message;
      state.doing = progress.message;
      if (live) redraw();
      else if (turned || now() - state.shown >= LINE_EVERY) {
        state.shown = now();
        line(`${step}: ${state.text}, ${seconds(now() - state.since)}`);
      }
    },
    finished(step, { message, seconds: took, already }) {
      active.delete(step);
      if (!already) line(`${step}: ${message} (${took.toFixed(1)} s)`);
      else if (verbose) line(`${step}: ${message}`);
    },
    failed(step, failure) {
      active.delete(step);
      line(`${step}: ${failure.message}`);
      if (failure.details) line(failure.details.replace(/^/gm, '    '));
      line(`  fix: ${failure.fix}`);
    },
    note: line,
  };
}

/**
 * One JSON object per line, on stdout.
 *
 * @param {{ write?: (text: string) => void, now?: () => number }} [options]
 * @returns {Report}
 */
export function jsonReport({ write = (text) => void process.stdout.write(text), now = Date.now } = {}) {
  /** @type {Map<string, { since: number, shown: number, doing: string }>} */
  const active = new Map();
  /** @param {object} event */
  const emit = (event) => write(`${JSON.stringify(event)}\n`);
  return {
    started(step, message) {
      active.set(step, { since: now(), shown: 0, doing: message });
      emit({ event: 'started', step, message });
    },
    progress(step, progress) {
      const state = active.get(step);
      if (!state || (state.doing === progress.message && now() - state.shown < 1_000)) return;
      state.shown = now();
      state.doing = progress.message;
      emit({ event: 'progress', step, seconds: (now() - state.since) / 1000, unit: 'bytes', ...progress });
    },
    finished: (step, result) => emit({ event: 'finished', step, ...result }),
    failed: (step, { code, message, fix, details }) =>
      emit({ event: 'failed', step, code, message, fix, details }),
    note: (message) => emit({ event: 'note', message }),
  };
}

/** @param {Progress} progress */
function describe({ message, done, total, unit }) {
  if (done === undefined) return message;
  const amounts = unit
    ? `${done.toLocaleString('en')}${total ? ` of ${total.toLocaleString('en')}` : ''} ${unit}`
    : `${megabytes(done)}${total ? ` of ${megabytes(total)}` : ''} MB`;
  return `${message}: ${amounts}`;
}

/** @param {number} bytes */
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(0)} s`;
