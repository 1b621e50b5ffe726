import { ParameterList } from '../parameters.js';
import type { BertConfig } from './config.js';

/** As transformers' BertForSequenceClassification names them. Linear weights are [out, in]. */
export function bertParameters(config: BertConfig, labels: number): ParameterList {
  const { hidden_size: hidden, intermediate_size: inner } = config;
  const list = new ParameterList();
  list.add('bert.embeddings.word_embeddings.weight', [config.vocab_size, hidden]);
  list.add('bert.embeddings.position_embeddings.weight', [config.max_position_embeddings, hidden]);
  list.add('bert.embeddings.token_type_embeddings.weight', [config.type_vocab_size, hidden]);
  list.norm('bert.embeddings.LayerNorm', hidden);
  for (let index = 0; index < config.num_hidden_layers; index++) {
    const layer = `bert.encoder.layer.${index}`;
    for (const part of ['query', 'key', 'value'])
      list.linear(`${layer}.attention.self.${part}`, hidden, hidden);
    list.linear(`${layer}.attention.output.dense`, hidden, hidden);
    list.norm(`${layer}.attention.output.LayerNorm`, hidden);
    list.linear(`${layer}.intermediate.dense`, inner, hidden);
    list.linear(`${layer}.output.dense`, hidden, inner);
    list.norm(`${layer}.output.LayerNorm`, hidden);
  }
  list.linear('bert.pooler.dense', hidden, hidden);
  list.linear('classifier', labels, hidden);
  return list;
}
