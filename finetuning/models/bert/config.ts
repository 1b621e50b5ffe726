import { z } from 'zod';

const size = z.int().min(1);

/** What a BERT's config.json says that changes the arithmetic. Fields that do not are passed over. */
export const bertConfigSchema = z
  .object({
    model_type: z.literal('bert'),
    vocab_size: size,
    hidden_size: size,
    num_hidden_layers: size,
    num_attention_heads: size,
    intermediate_size: size,
    max_position_embeddings: size,
    type_vocab_size: size,
    layer_norm_eps: z.number().positive().default(1e-12),
    hidden_act: z.literal('gelu').default('gelu'),
    hidden_dropout_prob: z.number().min(0).lt(1).default(0.1),
    attention_probs_dropout_prob: z.number().min(0).lt(1).default(0.1),
    classifier_dropout: z.number().min(0).lt(1).nullable().default(null),
    initializer_range: z.number().positive().default(0.02),
    position_embedding_type: z.literal('absolute').default('absolute'),
  })
  .refine((config) => config.hidden_size % config.num_attention_heads === 0, {
    message: 'hidden_size must be a multiple of num_attention_heads',
  });

export type BertConfig = z.output<typeof bertConfigSchema>;
