import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataConfig, projectLayout, type TextsConfig } from '../../configs/index.js';

/** What the project's own tables call their columns, for rows that a person names. A project without a data config has none. */
export function ownColumns(root: string): {
  readonly columns?: Pick<TextsConfig, 'fields' | 'prompt_template'>;
} {
  if (!existsSync(join(root, projectLayout.dataConfig))) return {};
  const { preprocessing } = loadDataConfig(root);
  return 'fields' in preprocessing ? { columns: preprocessing } : {};
}
