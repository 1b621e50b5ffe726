import type { FinetuningConfig } from '../../configs/index.js';
import type { Json } from './callbacks/callback.js';

/** One line of the Trainer's log_history. */
export type LogEntry = Readonly<Record<string, number>>;

/** All that a training knows beside the weights and moments: enough to go on as if nothing had happened. */
export interface TrainingState {
  /** Updates done. Data order, schedule and dropout all follow from it. */
  step: number;
  /** The update after which the validation set was last seen; 0: never. */
  evaluatedAt: number;
  best: { readonly step: number; readonly accuracy?: number; readonly loss: number } | null;
  /** Epochs whose end has been told. */
  epochsEnded: number;
  /** Why a callback wants the training to end; `null`: none does. */
  stopped: string | null;
  /** What callbacks want to have kept, by their names. */
  callbacks: Readonly<Record<string, Json>>;
  /** Since the last entry of the history. */
  lossSum: number;
  lossCount: number;
  history: LogEntry[];
}

export function initialState(): TrainingState {
  return {
    step: 0,
    evaluatedAt: 0,
    best: null,
    epochsEnded: 0,
    stopped: null,
    callbacks: {},
    lossSum: 0,
    lossCount: 0,
    history: [],
  };
}

/**
 * trainer_state.json as the Hugging Face Trainer writes it, for the tools that read it.
 *
 * @param total updates of the whole training
 */
export function trainerStateJson(
  state: TrainingState,
  config: FinetuningConfig,
  total: number,
  stepsPerEpoch: number,
): string {
  return toJson({
    best_global_step: state.best?.step ?? null,
    best_metric: state.best?.[config.metric_for_best_model] ?? state.best?.loss ?? null,
    best_model_checkpoint: state.best ? `checkpoint-${state.best.step}` : null,
    epoch: state.step / stepsPerEpoch,
    eval_steps: config.eval_steps ?? stepsPerEpoch,
    global_step: state.step,
    is_hyper_param_search: false,
    is_local_process_zero: true,
    is_world_process_zero: true,
    log_history: state.history,
    logging_steps: config.logging_steps,
    max_steps: total,
    num_input_tokens_seen: 0,
    num_train_epochs: config.num_epochs,
    save_steps: config.save_steps,
    stateful_callbacks: state.callbacks,
    total_flos: 0,
    train_batch_size: config.batch_size,
    trial_name: null,
    trial_params: null,
  });
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
