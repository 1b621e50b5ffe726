import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../infra/locate/index.js';
import { median, type Comparison, type Row } from '../measurement.js';
import { runSide } from '../run-side.js';
import { generationSetting, type GenerationMeasurement } from './setting.js';

/**
 * @param python one that has PyTorch and transformers
 * @param rows texts that are gone on from at once
 */
export async function compareGeneration(
  rows: number,
  python: string,
  rounds: number,
  onRound: (round: number, of: number) => void,
): Promise<Comparison> {
  const setting = generationSetting(rows);
  const json = JSON.stringify(setting);
  const ours: GenerationMeasurement[] = [];
  const peer: GenerationMeasurement[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(round, rounds);
    const script = fileURLToPath(new URL('./ours.js', import.meta.url));
    ours.push(await runSide<GenerationMeasurement>(process.execPath, [script, json]));
    peer.push(
      await runSide<GenerationMeasurement>(python, [join(packageRoot(), 'bench/generation/peer.py'), json]),
    );
  }
  const row = (label: string, unit: Row['unit'], pick: (run: GenerationMeasurement) => number): Row => ({
    label,
    unit,
    ours: median(ours.map(pick)),
    peer: median(peer.map(pick)),
  });
  const { promptTokens, newTokens } = setting;
  return {
    name: `generation gpt2 ${rows}`,
    about: `gpt2 goes on from ${rows} × ${promptTokens} tokens with ${newTokens} each, greedily, with a key-value cache, float32`,
    peerName: 'transformers',
    rows: [
      row('time per token of all rows', 's', (run) => run.secondsPerToken),
      row('CPU time per token', 's', (run) => run.cpuPerToken),
      row('reading the prompts', 's', (run) => run.secondsOfPrompt),
      row('peak memory', 'B', (run) => run.peakMemory),
    ],
    notes: [{ label: 'tokens', ours: String(ours[0]?.tokens), peer: String(peer[0]?.tokens) }],
  };
}
