import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { weightFilesIn } from '../weights/weight-files.js';

/** What a model's inputs are made with: a change in one of these makes other numbers. */
const inputFiles = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'chat_template.jinja',
  'preprocessor_config.json',
] as const;

/** These come along where a model has them, besides its configuration and its weights. */
export const companionFiles = [
  ...inputFiles,
  'vocab.txt',
  'vocab.json',
  'merges.txt',
  'added_tokens.json',
  'generation_config.json',
] as const;

/** Models of images have no words. */
const imageModels: readonly unknown[] = ['resnet'];

/** What a folder lacks to be a model that can be trained. */
export function missingFiles(folder: string): string[] {
  return [...missingAroundWeights(folder), ...weightFilesIn(folder).missing];
}

/** The same, of all but the weights. */
export function missingAroundWeights(folder: string): string[] {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (!has('config.json')) return ['config.json'];
  return needsTokenizer(folder) && !has('tokenizer.json') ? ['tokenizer.json'] : [];
}

/** A configuration that cannot be read is judged by who reads it for its sizes. */
function needsTokenizer(folder: string): boolean {
  try {
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as { model_type?: unknown };
    return !imageModels.includes(config.model_type);
  } catch {
    return true;
  }
}

/** The files that a training's result follows from, in a fixed order. */
export function digestedFiles(folder: string): string[] {
  const around = ['config.json', ...inputFiles].filter((name) => existsSync(join(folder, name)));
  return [...around, ...weightFilesIn(folder).found];
}

/** All that is read of a folder, whatever else lies in it. */
export function neededFiles(folder: string): string[] {
  const around = ['config.json', ...companionFiles].filter((name) => existsSync(join(folder, name)));
  return [...around, ...weightFilesIn(folder).found];
}
