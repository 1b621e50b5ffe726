import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../infra/locate/index.js';
import { medianOf, type Comparison, type Measurement } from '../measurement.js';
import { runSide } from '../run-side.js';
import type { Setting } from './setting.js';

/**
 * @param python one that has PyTorch, transformers, PEFT and bitsandbytes
 * @param rounds each side so many times, in turn: the machine drifts, and both are to have their share of it
 */
export async function compareTraining(
  setting: Setting,
  python: string,
  options: { readonly rounds: number; readonly compiledPeer: boolean },
  onRound: (round: number, of: number) => void,
): Promise<Comparison> {
  const { rounds, compiledPeer } = options;
  const json = JSON.stringify(setting);
  const peerArgs = [join(packageRoot(), 'bench/finetuning/peer.py'), json];
  if (compiledPeer) peerArgs.push('--compile');
  const ours: Measurement[] = [];
  const peer: Measurement[] = [];
  for (let round = 1; round <= rounds; round++) {
    onRound(round, rounds);
    ours.push(await runSide(process.execPath, [fileURLToPath(new URL('./ours.js', import.meta.url)), json]));
    peer.push(await runSide(python, peerArgs));
  }
  const [mine, theirs] = [medianOf(ours), medianOf(peer)];
  const losses = ({ firstLoss, lastLoss }: Measurement): string =>
    `${firstLoss.toFixed(2)} → ${lastLoss.toFixed(2)}`;
  const { model, method, precision, dropout, rows, width } = setting;
  const items = width >= 200 ? `${rows} images of ${width}²` : `${rows} × ${width} tokens`;
  return {
    name: `finetuning ${model} ${method} ${precision}`,
    about: `one training step: ${model}, ${method}, ${items}, dropout ${dropout}, ${precision}`,
    peerName: compiledPeer ? 'PyTorch, torch.compile' : 'PyTorch, eager',
    rows: [
      { label: 'time per step', unit: 's', ours: mine.secondsPerStep, peer: theirs.secondsPerStep },
      { label: 'CPU time per step', unit: 's', ours: mine.cpuPerStep, peer: theirs.cpuPerStep },
      {
        label: 'time to first step',
        unit: 's',
        ours: mine.secondsToFirstStep,
        peer: theirs.secondsToFirstStep,
      },
      {
        label: 'CPU time to first step',
        unit: 's',
        ours: mine.cpuToFirstStep,
        peer: theirs.cpuToFirstStep,
      },
      { label: 'peak memory', unit: 'B', ours: mine.peakMemory, peer: theirs.peakMemory },
    ],
    notes: [
      { label: 'loss, first → last', ours: losses(mine), peer: losses(theirs) },
      {
        label: 'products, of their peak',
        ours: `${(100 * (mine.productShare ?? NaN)).toFixed(0)} %`,
        peer: '',
      },
    ],
  };
}
