/** What both sides do: so many training steps of one model, with random weights and data. A step costs the same with them. */
export interface Setting {
  readonly model: ModelName;
  readonly method: MethodName;
  readonly precision: Precision;
  /** config.json */
  readonly config: Readonly<Record<string, unknown>>;
  readonly labels: number;
  readonly rows: number;
  /** Tokens of a row, none of them padding; the side of an image in pixels. */
  readonly width: number;
  /** Wherever the model has it. */
  readonly dropout: number;
  /** The `finetuning` section of our configuration, which the peer is made equal to. */
  readonly finetuning: Readonly<Record<string, unknown>>;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  readonly warmUp: number;
  readonly steps: number;
}

export const MODELS = ['minilm', 'bert-base', 'gpt2', 'resnet50'] as const;
export const METHODS = ['full', 'lora', 'qlora', 'adapter'] as const;
export type ModelName = (typeof MODELS)[number];
export type MethodName = (typeof METHODS)[number];
export type Precision = 'float32' | 'bfloat16';

interface Model {
  readonly config: (dropout: number) => Readonly<Record<string, unknown>>;
  readonly labels: number;
  readonly rows: number;
  readonly width: number;
  readonly targets: readonly string[];
  readonly saved: readonly string[];
  readonly steps: number;
}

const bert =
  (hidden: number, layers: number): Model['config'] =>
  (dropout) => ({
    model_type: 'bert',
    vocab_size: 30522,
    hidden_size: hidden,
    num_hidden_layers: layers,
    num_attention_heads: 12,
    intermediate_size: 4 * hidden,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    initializer_range: 0.02,
  });

const SHAPES: Readonly<Record<ModelName, Model>> = {
  minilm: {
    config: bert(384, 6),
    labels: 26,
    rows: 32,
    width: 64,
    targets: ['query', 'value'],
    saved: ['classifier'],
    steps: 25,
  },
  'bert-base': {
    config: bert(768, 12),
    labels: 26,
    rows: 8,
    width: 128,
    targets: ['query', 'value'],
    saved: ['classifier'],
    steps: 12,
  },
  gpt2: {
    config: (dropout) => ({
      model_type: 'gpt2',
      vocab_size: 50257,
      n_positions: 1024,
      n_embd: 768,
      n_layer: 12,
      n_head: 12,
      embd_pdrop: dropout,
      attn_pdrop: dropout,
      resid_pdrop: dropout,
    }),
    labels: 0,
    rows: 4,
    width: 128,
    targets: ['c_attn'],
    saved: [],
    steps: 12,
  },
  resnet50: {
    config: () => ({
      model_type: 'resnet',
      num_channels: 3,
      embedding_size: 64,
      hidden_sizes: [256, 512, 1024, 2048],
      depths: [3, 4, 6, 3],
      layer_type: 'bottleneck',
      hidden_act: 'relu',
      downsample_in_first_stage: false,
    }),
    labels: 26,
    rows: 8,
    width: 224,
    targets: ['convolution'],
    saved: ['classifier'],
    steps: 10,
  },
};

const RANK = 8;

/** @param dropout of the model and of LoRA */
export function settingOf(
  model: ModelName,
  method: MethodName,
  precision: Precision,
  dropout: number,
): Setting {
  const { config, labels, rows, width, targets, saved, steps } = SHAPES[model];
  const low = {
    lora_r: RANK,
    lora_alpha: 2 * RANK,
    lora_dropout: dropout,
    target_modules: targets,
    modules_to_save: saved,
  };
  const own = { full: {}, lora: low, qlora: low, adapter: { modules_to_save: saved } }[method];
  const training = { learningRate: 1e-3, weightDecay: 0.01, maxGradNorm: 1 };
  return {
    model,
    method,
    precision,
    config: config(dropout),
    labels,
    rows,
    width,
    dropout,
    ...training,
    finetuning: {
      method,
      model_name: model,
      learning_rate: training.learningRate,
      weight_decay: training.weightDecay,
      max_grad_norm: training.maxGradNorm,
      warmup_steps: 0,
      num_epochs: 1,
      batch_size: rows,
      max_length: Math.min(512, width),
      seed: 42,
      ...own,
    },
    warmUp: 3,
    steps,
  };
}
