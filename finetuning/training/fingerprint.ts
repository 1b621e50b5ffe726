import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FinetuningConfig } from '../../configs/index.js';
import { sha256 } from '../data/ingestion/digest.js';
import { digestedFiles } from '../models/pretrained/model-files.js';

/** Raised when a change to this code makes other numbers from the same inputs, or other checkpoint files. */
const TRAINING_VERSION = 4;

/** Of a model's files, each under its name: the same wherever they came from. */
export async function modelDigest(modelDir: string): Promise<string> {
  const digests = await Promise.all(
    digestedFiles(modelDir).map(async (name) => `${name} ${await sha256(join(modelDir, name))}`),
  );
  return createHash('sha256').update(digests.join('\n')).digest('hex');
}

/** PEFT's and AdapterHub's. */
const ADAPTER_FILES = [
  'adapter_config.json',
  'adapter_model.safetensors',
  'adapter.safetensors',
  'model_head.safetensors',
  'pytorch_adapter.bin',
  'pytorch_model_head.bin',
];

/** Of an adapter that a training goes on from. */
export async function adapterDigest(folder: string): Promise<string> {
  const files = ADAPTER_FILES.filter((name) => existsSync(join(folder, name)));
  const digests = await Promise.all(files.map((name) => sha256(join(folder, name))));
  return createHash('sha256').update(digests.join('\n')).digest('hex');
}

/** Of everything that a training's result follows from. Equal fingerprints may continue each other's checkpoints. */
export function fingerprint(inputs: {
  readonly config: FinetuningConfig;
  readonly model: string;
  readonly train: string;
  readonly validation: string;
  readonly adapter?: string;
  /** Of the user's callbacks. */
  readonly callbacks: readonly string[];
}): string {
  const config = Object.fromEntries(Object.entries(inputs.config).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256')
    .update(JSON.stringify({ version: TRAINING_VERSION, ...inputs, config }))
    .digest('hex');
}
