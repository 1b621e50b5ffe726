import { z } from 'zod';

const size = z.int().min(1);
const probability = z.number().min(0).lt(1).default(0.1);

/** What a GPT-2's config.json says that changes the arithmetic. Fields that do not are passed over. */
export const gpt2ConfigSchema = z
  .object({
    model_type: z.literal('gpt2'),
    vocab_size: size,
    n_positions: size,
    n_embd: size,
    n_layer: size,
    n_head: size,
    /** Width of the feed-forward's middle; `null`: four times n_embd. */
    n_inner: size.nullable().default(null),
    activation_function: z.enum(['gelu_new', 'gelu_pytorch_tanh']).default('gelu_new'),
    layer_norm_epsilon: z.number().positive().default(1e-5),
    embd_pdrop: probability,
    attn_pdrop: probability,
    resid_pdrop: probability,
    scale_attn_weights: z.literal(true).default(true),
    scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
    add_cross_attention: z.literal(false).default(false),
    tie_word_embeddings: z.literal(true).default(true),
  })
  .refine((config) => config.n_embd % config.n_head === 0, {
    message: 'n_embd must be a multiple of n_head',
  });

export type Gpt2Config = z.output<typeof gpt2ConfigSchema>;
