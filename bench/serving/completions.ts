import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../infra/locate/index.js';
import { median, type Comparison } from '../measurement.js';
import { reprise } from '../rig/processes.js';
import { post, withServer, type Question } from './server.js';

const PATH = '/v1/completions';
const PROMPTS = [
  'Once upon a time',
  'The capital of the country is',
  'It',
  'In the beginning of the year they went to',
];
/** Tokens that are asked for, in turn. */
const LENGTHS = [16, 32, 64, 32];
/** Askers at once, each of which asks again when it has its answer; and how often in all. */
const LOADS = [
  { askers: 1, requests: 8 },
  { askers: 8, requests: 24 },
  { askers: 32, requests: 64 },
];

interface Load {
  /** Tokens a second, of all askers. */
  readonly rate: number;
  /** Seconds from a question to its first text. */
  readonly p50: number;
  readonly p99: number;
}

/** Streamed completions of a model of DistilGPT-2's shape, drawn, 16 to 64 tokens each. Both sides take turns. */
export async function compareCompletions(
  python: string,
  rounds: number,
  onRound: (round: number, of: number) => void,
): Promise<Comparison[]> {
  const root = mkdtempSync(join(tmpdir(), 'reprise-bench-'));
  const folder = join(root, 'model');
  writeFileSync(join(root, 'params.yaml'), 'finetuning:\n  preset: full_finetune\n');
  const scripts = join(packageRoot(), 'bench/serving');
  const first = question(0);
  try {
    await promisify(execFile)(python, [join(scripts, 'make_language_model.py'), folder]);
    const [ours, peer]: [Load[][], Load[][]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      onRound(round, rounds);
      const serve = (port: number): string[] => [reprise, 'serve', '--model', `model=${folder}`, '--port', String(port)]; // prettier-ignore
      ours.push(await withServer({ cwd: root, file: process.execPath, args: serve, first }, allLoads));
      const theirs = (port: number): string[] => [join(scripts, 'completions_peer.py'), folder, String(port)];
      peer.push(await withServer({ cwd: root, file: python, args: theirs, first }, allLoads));
    }
    return LOADS.map(({ askers, requests }, at) => {
      const of = (rounds: readonly Load[][], pick: (load: Load) => number): number =>
        median(rounds.map((loads) => pick(loads[at] as Load)));
      const rate = { ours: of(ours, (load) => load.rate), peer: of(peer, (load) => load.rate) };
      const row = (label: string, pick: (load: Load) => number) => ({
        label,
        unit: 's' as const,
        ours: of(ours, pick),
        peer: of(peer, pick),
      });
      return {
        name: `completions ${askers}`,
        about: `${askers} askers at once, ${requests} completions of 16 to 64 tokens in all, streamed, DistilGPT-2's shape, float32`,
        peerName: 'FastAPI and transformers',
        rows: [
          row('time per token of all askers (1 / throughput)', (load) => 1 / load.rate),
          row('time to the first text, median', (load) => load.p50),
          row('time to the first text, 99 of 100', (load) => load.p99),
        ],
        notes: [{ label: 'tokens a second', ours: rate.ours.toFixed(1), peer: rate.peer.toFixed(1) }],
      };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function question(at: number): Question & { readonly body: { readonly max_tokens: number } } {
  const prompt = PROMPTS[at % PROMPTS.length];
  const max_tokens = LENGTHS[Math.floor(at / PROMPTS.length) % LENGTHS.length] as number;
  return { path: PATH, body: { prompt, max_tokens, stream: true } as { readonly max_tokens: number } };
}

async function allLoads(address: string): Promise<Load[]> {
  // What a first time of each number of rows costs is not what is asked here.
  await load(address, Math.max(...LOADS.map(({ askers }) => askers)), 32);
  const loads: Load[] = [];
  for (const { askers, requests } of LOADS) loads.push(await load(address, askers, requests));
  return loads;
}

async function load(address: string, askers: number, requests: number): Promise<Load> {
  const waits: number[] = [];
  let [next, tokens] = [0, 0];
  const began = performance.now();
  const asker = async (): Promise<void> => {
    while (next < requests) {
      const asked = question(next++);
      waits.push(await firstText(address, asked));
      tokens += asked.body.max_tokens;
    }
  };
  await Promise.all(Array.from({ length: askers }, asker));
  const seconds = (performance.now() - began) / 1000;
  const sorted = waits.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { rate: tokens / seconds, p50: at(0.5), p99: at(0.99) };
}

/** Reads all of it. @returns seconds to the first event that has text */
async function firstText(address: string, asked: Question): Promise<number> {
  const began = performance.now();
  const response = await post(address, asked);
  if (!response.ok || !response.body)
    throw new Error(`${address}: ${response.status} ${await response.text()}`);
  let [text, first] = ['', NaN];
  const decoder = new TextDecoder();
  for await (const part of response.body) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    if (Number.isNaN(first) && /"text": ?"[^"]/.test(text)) first = (performance.now() - began) / 1000;
  }
  if (Number.isNaN(first) || !text.endsWith('data: [DONE]\n\n'))
    throw new Error(`${address}: a completion broke off: ${text.slice(-200)}`);
  return first;
}
