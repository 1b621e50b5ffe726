import { ParameterList } from '../parameters.js';
import type { Gpt2Config } from './config.js';

/** As transformers' GPT2LMHeadModel names them; its head is the token embeddings. Conv1D weights are [in, out]. */
export function gpt2Parameters(config: Gpt2Config): ParameterList {
  const { n_embd: hidden } = config;
  const inner = config.n_inner ?? 4 * hidden;
  const list = new ParameterList();
  list.add('transformer.wte.weight', [config.vocab_size, hidden]);
  list.add('transformer.wpe.weight', [config.n_positions, hidden]);
  for (let index = 0; index < config.n_layer; index++) {
    const block = `transformer.h.${index}`;
    list.norm(`${block}.ln_1`, hidden);
    list.conv1d(`${block}.attn.c_attn`, hidden, 3 * hidden);
    list.conv1d(`${block}.attn.c_proj`, hidden, hidden);
    list.norm(`${block}.ln_2`, hidden);
    list.conv1d(`${block}.mlp.c_fc`, hidden, inner);
    list.conv1d(`${block}.mlp.c_proj`, inner, hidden);
  }
  list.norm('transformer.ln_f', hidden);
  return list;
}
