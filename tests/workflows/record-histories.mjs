// @ts-check
/**
 * Records the histories that `replay.test.ts` replays, from a real server and real workers:
 *
 *   npm run build && node tests/workflows/record-histories.mjs [name…]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import proto from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTemporalCli } from '../../infra/setup/find-temporal.mjs';

/** @import { WorkflowHandle } from '@temporalio/client' */

/** Of the build, which types and lint must not need. @type {{ SEARCH_ATTRIBUTES: Record<string, string> }} */
const { SEARCH_ATTRIBUTES } = await import(new URL('../../dist/workflows/index.js', import.meta.url).href);
const EXECUTABLE = fileURLToPath(new URL('../../bin/reprise', import.meta.url));
const OUT = fileURLToPath(new URL('histories/', import.meta.url));
const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-record-')));

const DIAMOND = `stages:
  top: {cmd: echo top > top, outs: [top]}
  left: {cmd: cat top > left, deps: [top], outs: [left]}
  right: {cmd: cat top > right, deps: [top], outs: [right]}
  bottom: {cmd: cat left right > bottom, deps: [left, right], outs: [bottom]}
`;
const FAILING = `stages:
  bad: {cmd: 'echo it broke; exit 3', outs: [b], meta: {reprise: {retries: 1}}}
  after: {cmd: cat b > a, deps: [b], outs: [a]}
  aside: {cmd: echo s > s, outs: [s]}
`;
/** Ends at once when it is run again, or told to. */
const LONG = `stages:
  long: {cmd: 'trap "exit 143" TERM; test -e begun && echo x > x && exit; touch begun; sleep 600 & wait', outs: [x]}
  last: {cmd: cat x > y, deps: [x], outs: [y]}
`;
/** Both chains are ready at once. */
const TWO_CHAINS = `stages:
  a1: {cmd: echo 1 > a1, outs: [a1]}
  b1: {cmd: echo 1 > b1, outs: [b1]}
  a2: {cmd: cp a1 a2, deps: [a1], outs: [a2]}
  b2: {cmd: cp b1 b2, deps: [b1], outs: [b2]}
`;
const CHAIN = `stages:
${Array.from({ length: 8 }, (_, i) => `  s${i}: {cmd: echo ${i} > o${i}, outs: [o${i}]${i > 0 ? `, deps: [o${i - 1}]` : ''}}\n`).join('')}`;

/** So many that commits are spared; none waits for another, since the server below suggests to continue soon. */
const MANY = `stages:
  each:
    foreach: [${Array.from({ length: 101 }, (_, i) => i).join(', ')}]
    do: {cmd: 'echo ${'$'}{item} > o${'$'}{item}', outs: ['o${'$'}{item}']}
`;

/**
 * @typedef {object} Scenario
 * @property {string} pipeline
 * @property {object} [input]
 * @property {(run: WorkflowHandle) => Promise<void>} [during]
 */

/** @type {Record<string, Scenario>} */
const SCENARIOS = {
  success: { pipeline: DIAMOND },
  'one-at-a-time': { pipeline: TWO_CHAINS, input: { jobs: 1 } },
  'failure-keep-going': { pipeline: FAILING, input: { keepGoing: true } },
  'retry-after-kill': {
    pipeline: LONG,
    input: { heartbeat: 2 },
    async during(run) {
      await untilRunning(run);
      await worker.kill('SIGKILL');
      worker = await startWorker();
    },
  },
  cancel: {
    pipeline: LONG,
    async during(run) {
      await untilRunning(run);
      await run.cancel();
    },
  },
  'pause-resume': {
    pipeline: LONG,
    async during(run) {
      await untilRunning(run);
      await run.executeUpdate('pause', { args: [{ stage: 'long' }] });
      await until(run, 'paused');
      await run.executeUpdate('resume');
    },
  },
  'continue-as-new': { pipeline: CHAIN },
  'many-stages': { pipeline: MANY },
};

const cli = await findTemporalCli(process.env);
if (!cli) throw new Error('no Temporal CLI: npm run setup');
const env = await TestWorkflowEnvironment.createLocal({
  server: {
    executable: { type: 'existing-path', path: cli.path },
    log: { format: 'pretty', level: 'error' },
    extraArgs: [
      // Long enough for every other scenario, and a short one to record.
      ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'],
      ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
        '--search-attribute',
        `${name}=${type}`,
      ]),
    ],
  },
});

/** @returns {Promise<{ kill(signal: NodeJS.Signals): Promise<void> }>} */
async function startWorker() {
  const child = spawn(process.execPath, [EXECUTABLE, 'worker', '--project', served], {
    env: { ...process.env, TEMPORAL_ADDRESS: env.address, SHELL: '/bin/sh' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return {
    async kill(signal) {
      child.kill(signal);
      await ended;
    },
  };
}

/** @param {WorkflowHandle} run */
const untilRunning = (run) => until(run, 'running');

/**
 * @param {WorkflowHandle} run
 * @param {string} status of the first stage
 */
async function until(run, status) {
  for (;;) {
    const state = await run.query('state').catch(() => undefined);
    // Its command has begun, too: a signal must find its trap.
    if (state?.stages?.[0]?.status === status && (status !== 'running' || state.stages[0].progress)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/**
 * @param {string} name
 * @param {Scenario} scenario
 */
async function record(name, { pipeline, input = {}, during }) {
  const root = join(served, name);
  mkdirSync(join(root, '.dvc'), { recursive: true });
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = True\n');
  writeFileSync(join(root, 'dvc.yaml'), pipeline);
  const run = await env.client.workflow.start('reproduce', {
    taskQueue: 'reprise',
    workflowId: name,
    args: [{ workspace: { kind: 'path', path: name }, ...input }],
  });
  await during?.(run);
  await run.result().catch(() => undefined);
  // Of a run that was continued, the first part: it has what the others have not.
  const first = env.client.workflow.getHandle(name, run.firstExecutionRunId);
  const { History } = proto.temporal.api.history.v1;
  const history = History.fromObject(await first.fetchHistory());
  const plain = History.toObject(history, { longs: String, enums: String, bytes: String });
  const events = scrubbed(plain.events).map((/** @type {object} */ event) => JSON.stringify(event));
  const text = `{"events":[\n${events.join(',\n')}\n]}\n`;
  mkdirSync(OUT, { recursive: true });
  const file = Buffer.from(text);
  if (file.length < COMPRESSED_FROM) writeFileSync(join(OUT, `${name}.json`), file);
  else writeFileSync(join(OUT, `${name}.json.gz`), gzipSync(file, { level: 9 }));
  console.log(`${name}: ${history.events.length} events, ${file.length} bytes`);
}

/** In bytes: what nobody reads is kept small. */
const COMPRESSED_FROM = 100_000;

const NAMES = new RegExp(`${served}|${dirname(dirname(EXECUTABLE))}`, 'g');
const HOST = new RegExp(`${hostname()}(-[0-9a-f]{4})?`, 'g');
/** @param {string} text */
const anonymous = (text) => text.replace(NAMES, '/srv').replace(HOST, 'host');

/**
 * Without this machine's paths and names, those in payloads too.
 *
 * @param {any} value
 * @returns {any}
 */
function scrubbed(value) {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (typeof value === 'string') return anonymous(value);
  if (value === null || typeof value !== 'object') return value;
  /** @type {Record<string, any>} */
  const clean = {};
  for (const [key, field] of Object.entries(value)) {
    if (key === 'stackTrace') continue;
    if (key === 'identity') clean[key] = 'worker@host';
    else if (key === 'data' && typeof field === 'string') {
      clean[key] = Buffer.from(anonymous(Buffer.from(field, 'base64').toString())).toString('base64');
    } else clean[key] = scrubbed(field);
  }
  return clean;
}

let worker = await startWorker();
try {
  const wanted = process.argv.slice(2);
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (wanted.length === 0 || wanted.includes(name)) await record(name, scenario);
  }
} finally {
  await worker.kill('SIGTERM');
  await env.teardown();
  rmSync(served, { recursive: true, force: true });
}
