import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectLayout } from '../../configs/index.js';
import { isFolder } from '../data/index.js';

/**
 * Where a project keeps a split, relative to it: data/finetuning/test.jsonl; or the folder data/finetuning/test, with
 * pictures in folders by label, where there is no such file.
 */
export function dataPlace(root: string, split: 'train' | 'test'): string {
  const file = projectLayout[split];
  const folder = file.replace(/\.jsonl$/, '');
  return !existsSync(join(root, file)) && isFolder(join(root, folder)) ? folder : file;
}
