import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './shell-blocks.js';

/** A row of the tables in docs/from-python-trainers.md that have a name and a default on either side. */
export interface TrainerRow {
  readonly of: 'TrainingArguments' | 'LoraConfig';
  readonly theirs: string;
  readonly theirDefault: string;
  readonly ours: string;
  readonly ourDefault: string;
}

export function trainerRows(): readonly TrainerRow[] {
  const page = readFileSync(join(ROOT, 'docs/from-python-trainers.md'), 'utf8');
  const sections = page.split(/^## /m).slice(1);
  return sections.flatMap((section) => {
    const of = /^`(TrainingArguments|LoraConfig)`/.exec(section)?.[1] as TrainerRow['of'] | undefined;
    if (of === undefined) return [];
    const rows = section.matchAll(/^\| `(\w+)` +\| (\S+) +\| `(\w+)` +\| (\S+) +\|$/gm);
    return [...rows].map(([, theirs = '', theirDefault = '', ours = '', ourDefault = '']) => ({
      of,
      theirs,
      theirDefault,
      ours,
      ourDefault: ourDefault.replaceAll('`', ''),
    }));
  });
}
