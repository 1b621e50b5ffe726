import { z } from 'zod';

const trackingSchema = z
  .strictObject({
    /** Whether trainings and evaluations are written down as runs. */
    enabled: z.boolean().default(true),
    /** What they are runs of; `null`: the name above. `MLFLOW_EXPERIMENT_NAME` goes before it. */
    experiment: z.string().min(1).max(500).nullable().default(null),
    /** MLflow's server (`https://…`) or another folder; `null`: experiments/mlruns. `MLFLOW_TRACKING_URI` goes before it. */
    uri: z.string().min(1).nullable().default(null),
    /** Processor, memory and GPU beside the metrics. */
    system_metrics: z.boolean().default(true),
    /** Keep the model with the run, as an MLflow model that Python loads. */
    log_model: z.boolean().default(true),
  })
  .prefault({});

/** `configs/base_config.yaml` under what the environment lays over it: what every stage shares. */
export const baseConfigSchema = z.strictObject({
  /** Shown in reports. */
  name: z.string().min(1),
  /** What the model learns, and so which rows, metrics and reports there are. */
  task: z.enum(['text-classification', 'causal-lm', 'image-classification']),
  /** Of the splits, the new head's weights, dropout and the order of the training rows. */
  seed: z.int().min(0).max(0xffffffff),
  /** Of MLflow. Nothing that a stage makes follows from it; no stage names it among its params. */
  tracking: trackingSchema,
});

export type BaseConfig = z.output<typeof baseConfigSchema>;
