import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { torchvisionConfig, torchvisionPreprocessing } from '../resnet/torchvision-config.js';
import { areTorchvisionNames } from '../resnet/torchvision-names.js';
import { openFile } from '../weights/open-weights.js';
import { companionFiles } from './model-files.js';

/**
 * A model's folder for one file of weights: links to it and to what lies beside it, under the names that models' files
 * have. A ResNet of torchvision needs nothing beside it.
 *
 * @param cache gets the folder
 * @throws DiagnosticError `bad-model-folder`, `bad-model-config`, and those of files of weights
 */
export async function weightsAsFolder(file: string, shownAs: string, cache: string): Promise<string> {
  const beside = ['config.json', ...companionFiles]
    .map((name) => join(dirname(file), name))
    .filter(existsSync);
  const written = beside.some((path) => basename(path) === 'config.json') ? {} : describe(file, shownAs);
  const weights = file.endsWith('.safetensors') ? 'model.safetensors' : 'pytorch_model.bin';
  const links = { ...Object.fromEntries(beside.map((path) => [basename(path), path])), [weights]: file };
  const folder = join(cache, 'models', `${basename(file)}-${keyOf(links, written)}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(join(dirname(folder), '.linking-'));
  try {
    for (const [name, path] of Object.entries(links)) {
      const target = realpathSync(path);
      await symlink(target, join(temporary, name)).catch(() => copyFile(target, join(temporary, name)));
    }
    for (const [name, text] of Object.entries(written))
      if (!Object.hasOwn(links, name)) await writeFile(join(temporary, name), text);
    await rename(temporary, folder);
  } catch (error) {
    // Another process may have been first: its folder has the same in it.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** The files that a file without a config.json is told by. */
function describe(file: string, shownAs: string): Readonly<Record<string, string>> {
  const source = openFile(file, shownAs);
  try {
    if (areTorchvisionNames(source.names))
      return {
        'config.json': json(torchvisionConfig(source)),
        'preprocessor_config.json': json(torchvisionPreprocessing),
      };
    throw new DiagnosticError('bad-model-folder', {
      message: `${shownAs} has weights, and nothing says of what model`,
      at: { file: shownAs },
      expected: 'a config.json beside it, or a ResNet of torchvision',
      found: `tensors such as ${source.names.slice(0, 3).join(', ')}`,
      fix: "put the model's config.json, and of a text model its tokenizer.json, into the same folder",
    });
  } finally {
    source.close();
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Changes when a file is another one. */
function keyOf(links: Readonly<Record<string, string>>, written: Readonly<Record<string, string>>): string {
  const states = Object.entries(links).map(([name, path]) => {
    const { size, mtimeMs } = statSync(path);
    return [name, realpathSync(path), size, mtimeMs];
  });
  return createHash('sha256')
    .update(JSON.stringify([states, written]))
    .digest('hex')
    .slice(0, 12);
}
