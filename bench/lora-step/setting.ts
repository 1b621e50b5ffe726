/**
 * One training step of MiniLM-L6's shape with LoRA: what both sides do. Random weights: a step costs the same with them.
 *
 * @param dropout everywhere: BERT's own and LoRA's
 */
export const settingWith = (dropout: number) => ({
  config: {
    model_type: 'bert',
    vocab_size: 30522,
    hidden_size: 384,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    intermediate_size: 1536,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
    initializer_range: 0.02,
  },
  labels: 26,
  rows: 32,
  /** Tokens, none of them padding. */
  width: 64,
  rank: 8,
  alpha: 16,
  dropout,
  learningRate: 1e-3,
  weightDecay: 0.01,
  maxGradNorm: 1,
  warmUp: 5,
  steps: 25,
});

export type Setting = ReturnType<typeof settingWith>;
