import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A shipped file, as text. */
export function shipped(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

/** A new folder with these files and, unless they are given, the shipped configs, params, and the code that they name. */
export function projectFolder(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'reprise-project-'));
  const all: Record<string, string> = {
    'params.yaml': shipped('examples/finetuning/params.yaml'),
    'configs/base_config.yaml': shipped('configs/base_config.yaml'),
    'configs/data_config.yaml': shipped('configs/data_config.yaml'),
    'configs/finetuning/adapter_config.yaml': shipped('configs/finetuning/adapter_config.yaml'),
    'configs/finetuning/lora_config.yaml': shipped('configs/finetuning/lora_config.yaml'),
    'configs/finetuning/full_finetune.yaml': shipped('configs/finetuning/full_finetune.yaml'),
    'src/cleaning/strip-markup.ts': shipped(
      'examples/tasks/text-classification/src/cleaning/strip-markup.ts',
    ),
    'src/metrics/cohens-kappa.ts': shipped('examples/tasks/text-classification/src/metrics/cohens-kappa.ts'),
    'src/callbacks/stop-at-loss.ts': shipped('examples/finetuning/src/callbacks/stop-at-loss.ts'),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
