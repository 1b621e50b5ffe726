import { setImmediate } from 'node:timers/promises';
import type { FinetuningConfig } from '../../configs/index.js';
import type { CallbackList } from './callbacks/callback-list.js';
import type { CheckpointInfo, EndInfo } from './callbacks/callback.js';
import type { Tensors } from './weight-files.js';
import type { DataOrder } from './data-order.js';
import { allFinite, diverged } from './divergence.js';
import { checkpointDue, epochEnded, validationDue } from './due.js';
import { recordLoss, recordValidation, type UpdateRecord } from './history.js';
import { learningRateAt } from './schedules/learning-rate.js';
import { Speedometer } from './speedometer.js';
import type { TrainingSession } from './training-session.js';
import type { LogEntry, TrainingState } from './training-state.js';

export interface TrainerOptions {
  readonly config: FinetuningConfig;
  readonly session: TrainingSession;
  readonly order: DataOrder;
  /** Updates of the whole training. */
  readonly total: number;
  readonly state: TrainingState;
  readonly callbacks: CallbackList;
  /** Keeps the model of the best validation so far. */
  readonly keepBest: (model: Tensors) => void;
  /** Writes a checkpoint of the present moment: the weights now, and those at the best validation. */
  readonly save: (weights: Tensors) => CheckpointInfo;
  /** Writes the model as it is at the end of an epoch. @returns where */
  readonly saveEpoch: (epoch: number, model: Tensors) => string;
  /** Where the rows stand in the user's file. */
  readonly describeRows: (rows: Int32Array) => string;
  /** Told of each new entry of the history. */
  readonly onLogged: (entry: LogEntry) => void;
  readonly onEvaluating: (done: number, total: number) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * The training loop. Everything it does follows from `state`; so it can be left between any two lines of it and entered
 * again from a checkpoint, and ends in the same bytes.
 *
 * @throws DiagnosticError `loss-diverged`, `disk-full`, `callback-failed`
 */
export async function train(options: TrainerOptions): Promise<EndInfo['status']> {
  const { config, session, order, total, state, callbacks, signal } = options;
  const speed = new Speedometer();
  let savedAt = state.step;
  /** Of the last update, to name when it turns out to have gone wrong. */
  let last: UpdateRecord & { rows: string } = { loss: 0, gradNorm: 0, learningRate: 0, rows: '' };
  let logged = state.history.length;
  const tellLogged = (): void => {
    for (; logged < state.history.length; logged++) options.onLogged(state.history[logged] as LogEntry);
  };
  const interrupted = (): boolean => signal?.aborted === true;
  const epochNow = (): number => state.step / order.stepsPerEpoch;
  const stopFor = (reason: string | undefined): void => void (state.stopped ??= reason ?? null);
  callbacks.restore(state.callbacks);

  for (;;) {
    if (validationDue(config, order, state, total) && !interrupted()) {
      const result = await session.validate(options.onEvaluating, signal);
      if (result) {
        const isBest = recordValidation(config, order, state, result);
        tellLogged();
        if (isBest) options.keepBest(session.liveModel());
        const info = { step: state.step, total, epoch: epochNow(), ...result, best: isBest };
        stopFor(await callbacks.tell('onEvaluate', info));
      }
    }
    const epoch = epochEnded(order, state);
    if (epoch !== undefined && !interrupted()) {
      // Before the checkpoint of this step: who goes on from that finds this done.
      const path = config.save_epochs ? options.saveEpoch(epoch, session.liveModel()) : undefined;
      state.epochsEnded = epoch;
      stopFor(await callbacks.tell('onEpoch', { epoch, step: state.step, path }));
    }
    const finished = state.step >= total || state.stopped !== null;
    if (savedAt !== state.step && (finished || interrupted() || checkpointDue(config, order, state))) {
      const weights = session.liveWeights();
      if (!allFinite(weights)) throw diverged(state.step, last, last.rows);
      state.callbacks = callbacks.save();
      savedAt = state.step;
      await callbacks.checkpointed(options.save(weights));
    }
    if (finished || interrupted()) {
      const status = interrupted() ? 'interrupted' : 'finished';
      await callbacks.ended({ step: state.step, total, status });
      return status;
    }

    const learningRate = learningRateAt(config, state.step, total);
    const batches = order.batchesOf(state.step);
    const next = state.step + 1 < total ? order.batchesOf(state.step + 1) : [];
    const { loss, gradNorm } = await session.update(state.step, batches, learningRate, next);
    state.step++;
    last = { loss, gradNorm, learningRate, rows: batches.map(options.describeRows).join('; ') };
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm)) throw diverged(state.step, last, last.rows);
    recordLoss(config, order, state, last);
    tellLogged();
    const itemsPerSecond = speed.count(batches.reduce((rows, batch) => rows + batch.length, 0));
    const info = { step: state.step, total, epoch: epochNow(), loss, learningRate, gradNorm, itemsPerSecond };
    stopFor(await callbacks.tell('onStep', info));
    // The step blocks the event loop; here signals get through.
    await setImmediate();
  }
}
