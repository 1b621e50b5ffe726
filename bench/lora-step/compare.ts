import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../infra/locate/index.js';
import { medianOf, type Comparison, type Measurement } from '../measurement.js';
import { runSide } from '../run-side.js';
import { settingWith } from './setting.js';

/** Each side so many times, in turn: the machine drifts, and both are to have their share of it. */
const ROUNDS = 3;

/**
 * @param name of the benchmark
 * @param python one that has PyTorch, transformers and PEFT
 */
export async function compareLoraStep(
  name: string,
  dropout: number,
  python: string,
  onRound: (round: number, of: number) => void,
): Promise<Comparison> {
  const setting = settingWith(dropout);
  const ours: Measurement[] = [];
  const peer: Measurement[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    onRound(round, ROUNDS);
    ours.push(
      await runSide(process.execPath, [
        fileURLToPath(new URL('./ours.js', import.meta.url)),
        JSON.stringify(setting),
      ]),
    );
    peer.push(
      await runSide(python, [join(packageRoot(), 'bench/lora-step/torch_peft.py'), JSON.stringify(setting)]),
    );
  }
  const [mine, theirs] = [medianOf(ours), medianOf(peer)];
  const losses = ({ firstLoss, lastLoss }: Measurement): string =>
    `${firstLoss.toFixed(2)} → ${lastLoss.toFixed(2)}`;
  return {
    name,
    about: `one training step: MiniLM-L6's shape, LoRA r = ${setting.rank}, dropout ${setting.dropout}, ${setting.rows} × ${setting.width} tokens, float32`,
    peerName: 'PyTorch + PEFT, eager',
    rows: [
      { label: 'time per step', unit: 's', ours: mine.secondsPerStep, peer: theirs.secondsPerStep },
      {
        label: 'time to first step',
        unit: 's',
        ours: mine.secondsToFirstStep,
        peer: theirs.secondsToFirstStep,
      },
      { label: 'peak memory', unit: 'B', ours: mine.peakMemory, peer: theirs.peakMemory },
    ],
    check: { label: 'loss, first → last', ours: losses(mine), peer: losses(theirs) },
  };
}
