import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A DVC project of so many stages that do next to nothing, each with one out, `*.txt`. */
export function makeManyStages(root: string, stages: number): void {
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = True\n    analytics = false\n');
  writeFileSync(join(root, 'in.txt'), 'in\n');
  const items = Array.from({ length: stages }, (_, at) => `    - bert-base-uncased-lora-seed-${at}\n`).join(
    '',
  );
  const stage = '{cmd: "echo ${item} > ${item}.txt", deps: [in.txt], outs: ["${item}.txt"]}';
  writeFileSync(join(root, 'dvc.yaml'), `stages:\n  train:\n    foreach:\n${items}    do: ${stage}\n`);
}
