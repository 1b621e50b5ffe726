import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Without these there is no model. */
export const requiredFiles = ['config.json', 'tokenizer.json', 'model.safetensors'] as const;

/** These come along where a model has them. */
export const optionalFiles = [
  'tokenizer_config.json',
  'special_tokens_map.json',
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'chat_template.jinja',
] as const;

export function missingFiles(folder: string): string[] {
  return requiredFiles.filter((name) => !existsSync(join(folder, name)));
}
