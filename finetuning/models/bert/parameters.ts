import type { BertConfig } from './config.js';

/** Parameter name → shape, as transformers' BertForSequenceClassification names them. Linear weights are [out, in]. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

export function bertParameters(config: BertConfig, labels: number): ParameterShapes {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (path: string, output: number, input: number): void => {
    shapes.set(`${path}.weight`, [output, input]);
    shapes.set(`${path}.bias`, [output]);
  };
  const norm = (path: string): void => {
    shapes.set(`${path}.weight`, [hidden]);
    shapes.set(`${path}.bias`, [hidden]);
  };
  shapes.set('bert.embeddings.word_embeddings.weight', [config.vocab_size, hidden]);
  shapes.set('bert.embeddings.position_embeddings.weight', [config.max_position_embeddings, hidden]);
  shapes.set('bert.embeddings.token_type_embeddings.weight', [config.type_vocab_size, hidden]);
  norm('bert.embeddings.LayerNorm');
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const layer = `bert.encoder.layer.${index}`;
    for (const part of ['query', 'key', 'value']) linear(`${layer}.attention.self.${part}`, hidden, hidden);
    linear(`${layer}.attention.output.dense`, hidden, hidden);
    norm(`${layer}.attention.output.LayerNorm`);
    linear(`${layer}.intermediate.dense`, inner, hidden);
    linear(`${layer}.output.dense`, hidden, inner);
    norm(`${layer}.output.LayerNorm`);
  }
  linear('bert.pooler.dense', hidden, hidden);
  linear('classifier', labels, hidden);
  return shapes;
}

/** The Trainer's rule: no weight decay on biases and norms. */
export function isDecayed(parameter: string): boolean {
  return !/bias|layernorm|rmsnorm|(?:^|\.)norm(?:$|\.)|_norm(?:$|\.)/i.test(parameter);
}
