/**
 * A process of its own: makes the training as it would be, does a few updates, and says what they took. In a process of
 * its own because the most memory that a process ever held is only known for the whole of it.
 */
import { finetuningConfigSchema } from '../../configs/index.js';
import { assignInitialWeights } from '../training/initial-weights.js';
import { prepareTraining, type PreparedTraining } from '../training/prepare-training.js';
import type { MeasuredSteps, MeasureRequest } from './measured-steps.js';
import { peakMemory } from './peak-memory.js';

/** Widths of which each is measured; those between are interpolated. */
const MEASURED_WIDTHS = 4;
/** The first run of a graph also makes its plan. */
const [WARM_UP, MEASURED] = [1, 2];

const request = JSON.parse(process.argv[2] ?? '') as MeasureRequest;
const config = finetuningConfigSchema.parse(request.config);
const before = peakMemory(request.usedBefore);
// The project's callbacks have no part in what a step costs.
const prepared = await prepareTraining({ ...request, config: { ...config, callbacks: [] } });
assignInitialWeights(prepared, config.seed, request.modelDir, () => {});

const updates = updatesByWidth(prepared);
const widths = [...updates.keys()].sort((a, b) => a - b);
const seconds = new Map<number, number>();
let secondsToFirstStep = 0;
for (const width of chosen(widths)) {
  const { batches } = updates.get(width) as Updates;
  const times: number[] = [];
  for (let run = 0; run < WARM_UP + MEASURED; run++) {
    const started = performance.now();
    // No rate: the weights stay as they are, and the work is the same.
    await prepared.session.update(0, batches, 0);
    if (secondsToFirstStep === 0) secondsToFirstStep = process.uptime();
    if (run >= WARM_UP) times.push((performance.now() - started) / 1000);
  }
  seconds.set(width, Math.min(...times));
}
// Its batches may be larger than those of an update.
if (config.eval_strategy !== 'no') await prepared.session.validateWidest();
const secondsPerEpoch = widths.reduce(
  (sum, width) => sum + (updates.get(width) as Updates).count * interpolated(width),
  0,
);
const measured: MeasuredSteps = {
  stepsPerEpoch: prepared.order.stepsPerEpoch,
  total: prepared.total,
  secondsPerEpoch,
  secondsToFirstStep,
  before,
  peak: peakMemory(request.usedBefore),
};
process.stdout.write(`${JSON.stringify(measured)}\n`);

interface Updates {
  readonly count: number;
  /** Of one of them. */
  readonly batches: readonly Int32Array[];
}

/** The updates of the first epoch by the widest of their batches. */
function updatesByWidth({ order, train, total }: PreparedTraining): Map<number, Updates> {
  const found = new Map<number, Updates>();
  for (let step = 0; step < Math.min(order.stepsPerEpoch, total); step++) {
    const batches = order.batchesOf(step);
    const width = Math.max(...batches.map((batch) => train.widthOf(batch)));
    const known = found.get(width);
    found.set(width, { count: (known?.count ?? 0) + 1, batches: known?.batches ?? batches });
  }
  return found;
}

/** The narrowest, the widest, and some between. */
function chosen(widths: readonly number[]): number[] {
  if (widths.length <= MEASURED_WIDTHS) return [...widths];
  const at = Array.from({ length: MEASURED_WIDTHS }, (_, index) =>
    Math.round((index * (widths.length - 1)) / (MEASURED_WIDTHS - 1)),
  );
  return at.map((index) => widths[index] as number);
}

/** Time goes with the width, between two that were measured. */
function interpolated(width: number): number {
  const known = seconds.get(width);
  if (known !== undefined) return known;
  const [below, above] = [
    [...seconds.keys()].filter((other) => other < width).at(-1) as number,
    [...seconds.keys()].find((other) => other > width) as number,
  ];
  const [least, most] = [seconds.get(below) as number, seconds.get(above) as number];
  return least + ((most - least) * (width - below)) / (above - below);
}
