import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { resolvePretrained } from '../../finetuning/index.js';
import { packageRoot } from '../../infra/locate/index.js';
import type { Comparison } from '../measurement.js';
import { reprise } from '../rig/processes.js';
import { withServer } from './server.js';

const MODEL = 'sentence-transformers/all-MiniLM-L6-v2';
const REVISION = '1110a243fdf4706b3f48f1d95db1a4f5529b4d41';
/** Askers at once, each of which asks again when it has its answer. */
const CONNECTIONS = [1, 8, 32];
/** Seconds. */
const WARM_UP = 3;
const LENGTH = 10;

const TEXTS = [
  'a small domesticated carnivorous mammal with soft fur',
  'a building where prisoners are kept',
  'the act of giving something to somebody in exchange for something else of the same value, as in a market',
  'water that falls in drops',
];

interface Load {
  /** Answers a second. */
  readonly rate: number;
  /** Seconds. */
  readonly p50: number;
  readonly p99: number;
}

/** One text a request, of four lengths, over connections that are kept. */
export async function compareClassification(
  python: string,
  onRound: (round: number, of: number) => void,
): Promise<Comparison[]> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  const folder = join(root, 'model');
  writeFileSync(join(root, 'params.yaml'), 'finetuning:\n  preset: lora_config\n');
  const scripts = join(packageRoot(), 'bench/serving');
  try {
    const base = await resolvePretrained(MODEL, { revision: REVISION, root, log: () => undefined });
    await promisify(execFile)(python, [join(scripts, 'make_classifier.py'), base, folder]);
    onRound(1, 2);
    const ours = await measured(root, process.execPath, (port) => [
      reprise,
      ...['serve', '--model', `model=${folder}`, '--port', String(port)],
    ]);
    onRound(2, 2);
    const peer = await measured(root, python, (port) => [
      join(scripts, 'classification_peer.py'),
      folder,
      String(port),
    ]);
    return CONNECTIONS.map((connections, at) => {
      const [own, other] = [ours[at] as Load, peer[at] as Load];
      return {
        name: `serving ${connections}`,
        about: `${connections} askers at once, one text a request, MiniLM with a head for 26 labels, float32`,
        peerName: 'FastAPI and PyTorch',
        rows: [
          { label: 'time per answer (1 / throughput)', unit: 's', ours: 1 / own.rate, peer: 1 / other.rate },
          { label: 'latency, median', unit: 's', ours: own.p50, peer: other.p50 },
          { label: 'latency, 99 of 100', unit: 's', ours: own.p99, peer: other.p99 },
        ],
        notes: [{ label: 'answers a second', ours: own.rate.toFixed(1), peer: other.rate.toFixed(1) }],
      };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function measured(
  cwd: string,
  file: string,
  args: (port: number) => readonly string[],
): Promise<Load[]> {
  const path = '/v1/classify';
  const first = { path, body: { inputs: [TEXTS[0]] } };
  return withServer({ cwd, file, args, first }, async (address) => {
    await load(address + path, Math.max(...CONNECTIONS), WARM_UP);
    const loads: Load[] = [];
    for (const connections of CONNECTIONS) loads.push(await load(address + path, connections, LENGTH));
    return loads;
  });
}

async function load(url: string, connections: number, duration: number): Promise<Load> {
  const result = await autocannon({
    url,
    connections,
    duration,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: TEXTS.map((text) => ({ method: 'POST', body: JSON.stringify({ inputs: [text] }) })),
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  const { latency } = result;
  return { rate: result['2xx'] / result.duration, p50: latency.p50 / 1000, p99: latency.p99 / 1000 };
}
