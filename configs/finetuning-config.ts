import { z } from 'zod';
import { checkTogether } from './check-together.js';
import { loopSettings } from './loop-settings.js';
import { optimizerSettings } from './optimizer-settings.js';
import { regularizationSettings } from './regularization-settings.js';
import { scheduleSettings } from './schedule-settings.js';

/** What a head over texts is for, as transformers calls it. */
export const problemTypes = [
  'regression',
  'single_label_classification',
  'multi_label_classification',
] as const;
export type ProblemType = (typeof problemTypes)[number];

const rate = z.number().min(0).lt(1);
const count = z.int().min(1);
const moduleName = z.string().min(1);

/** From the smaller to the larger. */
const range = z
  .tuple([z.number().positive(), z.number().positive()])
  .refine(([from, to]) => from <= to, { message: 'the first number must not be larger than the second' });

const augmentationSchema = z
  .strictObject({
    /** A part of so much of the picture's area, and of such a width by height, fills the square; `null`: the middle. */
    random_resized_crop: z
      .strictObject({
        /** From which to which share of the picture's area. */
        scale: range
          .default([0.08, 1])
          .refine(([, to]) => to <= 1, { message: 'no part is larger than the whole' }),
        /** From which to which width by height. */
        ratio: range.default([3 / 4, 4 / 3]),
      })
      .nullable()
      .default(null),
    /** How often left and right change places. */
    horizontal_flip: z.number().min(0).max(1).default(0),
    /** The square moves by up to so many pixels in each direction; what comes in at the edge is black. */
    pad_and_crop: z.int().min(0).default(0),
  })
  .default({ random_resized_crop: null, horizontal_flip: 0, pad_and_crop: 0 });

/** What every method has. Names as in the Hugging Face Trainer, where it has them. */
const common = {
  /** A model's name on the Hugging Face hub, a folder, or a file of weights: see docs/models.md. */
  model_name: z.string().min(1),
  /** A commit, tag or branch on the hub. A commit makes a run repeatable; a folder has no revision. */
  model_revision: z.string().min(1).default('main'),
  /**
   * Texts: what the head says. `single_label_classification`: one of the labels. `multi_label_classification`: any number
   * of them. `regression`: a number. `null`: what the model's config.json says, or else one of the labels.
   */
  problem_type: z.enum(problemTypes).nullable().default(null),

  ...optimizerSettings,
  ...scheduleSettings,

  ...loopSettings,

  /** Rows per forward pass. */
  batch_size: count.default(8),
  /** Forward passes per step of the optimizer: a step sees batch_size × this many rows. */
  gradient_accumulation_steps: count.default(1),
  /** Transformers: keep of each block its input alone, and calculate the rest again in the backward pass. A third slower. */
  gradient_checkpointing: z.boolean().default(false),
  /**
   * Products of matrices in bfloat16, faster where the processor has it. What trains, norms and biases stay float32; other
   * weights are kept in bfloat16, in half the memory.
   */
  bf16: z.boolean().default(false),
  /** Rows per forward pass of a validation. */
  eval_batch_size: count.default(64),
  /** Batches of texts of like length waste less on padding. The order stays random, and a function of seed and epoch. */
  group_by_length: z.boolean().default(true),
  ...regularizationSettings,
  /** In tokens, the special ones included. Longer texts lose their end. */
  max_length: z.int().min(4).max(4096).default(128),
  /**
   * Language models: lays several texts end to end in rows of max_length tokens, which know nothing of each other, in
   * place of padding each. A batch_size of rows then has more texts.
   */
  packing: z.boolean().default(false),
  /** Language models: learn to say prompts too, and others' messages, not only completions and the assistant's. */
  train_on_prompt: z.boolean().default(false),

  /** Side of the square that a network of images sees, in pixels; `null`: what its preprocessor_config.json says. */
  image_size: z.int().min(8).max(1024).nullable().default(null),
  /** What is done to pictures in training alone, drawn anew each time that one is seen. */
  augmentation: augmentationSchema,

  /** Of the new weights, dropout and the order of the rows. Left out: base_config.yaml's. */
  seed: z.int().min(0).max(0xffffffff),
};

const loraSchema = z.strictObject({
  ...common,
  /** `lora`: small matrices beside frozen layers. */
  method: z.literal('lora'),
  /**
   * An adapter in PEFT's format to go on from, ours or PEFT's own: a folder, relative to the project. The settings below
   * have to be the adapter's, but for dropout. `null`: new updates.
   */
  adapter_name_or_path: z.string().min(1).nullable().default(null),
  /** Rank of the update that is learned for each target. */
  lora_r: count.default(8),
  /** The update is scaled by lora_alpha / lora_r. */
  lora_alpha: z.number().positive().default(8),
  /** Of what goes into the updates; the model's own path is not touched. */
  lora_dropout: rate.default(0),
  /**
   * The layers that get an update. A list: last parts of their names. `all-linear`: all but the output layer. Another
   * string: a regular expression that their whole names match. `null`: what PEFT takes for the architecture
   * (BERT's query and value, GPT-2's c_attn).
   */
  target_modules: z
    .union([z.array(moduleName).min(1), moduleName])
    .nullable()
    .default(null),
  /**
   * Last parts of the names of modules that are trained in full and saved beside the updates: the new head, and the
   * pooler if it should learn too. `null`: a classifier's head, and of a language model nothing.
   */
  modules_to_save: z.array(moduleName).nullable().default(null),
  /** Biases that train too: `none`, `all` of the model's, or `lora_only`, those of the layers that get an update. */
  bias: z.enum(['none', 'all', 'lora_only']).default('none'),
  /** Scales by lora_alpha / √lora_r, so that high ranks learn as fast as low ones (rank-stabilized LoRA). */
  use_rslora: z.boolean().default(false),
  /** Trains the length of each output's weights apart from their direction (DoRA). Slower; of use at low ranks. */
  use_dora: z.boolean().default(false),
  /** Other ranks for layers whose names end so (regular expressions): `{'output.dense': 16}`. */
  rank_pattern: z.record(z.string(), count).default({}),
  /** As `rank_pattern`. */
  alpha_pattern: z.record(z.string(), z.number().positive()).default({}),
});

const adapterSchema = z.strictObject({
  ...common,
  /** `adapter`: narrow pairs of layers inside of frozen blocks. */
  method: z.literal('adapter'),
  /** An adapter in AdapterHub's format to go on from, ours or the library's own; as LoRA's. */
  adapter_name_or_path: z.string().min(1).nullable().default(null),
  /** `pfeiffer`: after each block's output. `houlsby`: after its attention, too. */
  adapter_type: z.enum(['pfeiffer', 'houlsby']).default('pfeiffer'),
  /** The bottleneck is so many times narrower than the model. */
  reduction_factor: z.number().positive().default(16),
  /** In place of the type's own: relu of `pfeiffer`, swish of `houlsby`. */
  non_linearity: z.enum(['relu', 'swish', 'silu', 'gelu', 'gelu_new', 'tanh']).nullable().default(null),
  /** Of what the bottlenecks add. */
  adapter_dropout: rate.default(0),
  /** As LoRA's. */
  modules_to_save: z.array(moduleName).nullable().default(null),
});

/** LoRA over weights that are kept in four bits. Names as in transformers' BitsAndBytesConfig. */
const qloraSchema = z.strictObject({
  ...loraSchema.shape,
  /** `qlora`: the same over layers that are kept in four bits. */
  method: z.literal('qlora'),
  /** How four bits stand for a weight. */
  bnb_4bit_quant_type: z.literal('nf4').default('nf4'),
  /** The blocks' scales are quantized too: 4.13 bits a weight in place of 4.5. */
  bnb_4bit_use_double_quant: z.literal(true).default(true),
});

const fullSchema = z.strictObject({
  ...common,
  /** `full`: every weight. */
  method: z.literal('full'),
});

/** A preset of `configs/finetuning/`, overlaid by the `finetuning` section of params.yaml. */
export const finetuningConfigSchema = z
  .discriminatedUnion('method', [loraSchema, qloraSchema, fullSchema, adapterSchema])
  .superRefine(checkTogether);

export type FinetuningConfig = z.output<typeof finetuningConfigSchema>;
export type LoraConfig = Extract<FinetuningConfig, { method: 'lora' | 'qlora' }>;
export type AdapterConfig = Extract<FinetuningConfig, { method: 'adapter' }>;
export type FinetuningMethod = FinetuningConfig['method'];

/** The same training by another method, whose own settings are its defaults. */
export function withMethod(config: FinetuningConfig, method: FinetuningMethod): FinetuningConfig {
  const shared = Object.entries(config).filter(([key]) => Object.hasOwn(common, key));
  return finetuningConfigSchema.parse({ ...Object.fromEntries(shared), method });
}

export const finetuningMethods = ['full', 'lora', 'qlora', 'adapter'] as const satisfies FinetuningMethod[];
