import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../infra/locate/index.js';
import { medianOf, type Comparison, type Measurement } from '../measurement.js';
import { runSide } from '../run-side.js';
import { SETTING } from './setting.js';

/** Each side so many times, in turn: the machine drifts, and both are to have their share of it. */
const ROUNDS = 3;

/** @param python one that has PyTorch, transformers and PEFT */
export async function compareLoraStep(
  python: string,
  onRound: (round: number, of: number) => void,
): Promise<Comparison> {
  const ours: Measurement[] = [];
  const peer: Measurement[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    onRound(round, ROUNDS);
    ours.push(await runSide(process.execPath, [fileURLToPath(new URL('./ours.js', import.meta.url))]));
    peer.push(
      await runSide(python, [join(packageRoot(), 'bench/lora-step/torch_peft.py'), JSON.stringify(SETTING)]),
    );
  }
  return {
    name: 'lora-step',
    about: `one training step: MiniLM-L6's shape, LoRA r = ${SETTING.rank}, dropout ${SETTING.dropout}, ${SETTING.rows} × ${SETTING.width} tokens, float32`,
    ours: medianOf(ours),
    peer: medianOf(peer),
    peerName: 'PyTorch + PEFT, eager',
  };
}
