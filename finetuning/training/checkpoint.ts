import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256 as sha256OfFile } from '../data/ingestion/digest.js';
import { safetensorsParts } from '../models/safetensors/encode-safetensors.js';
import { BEST_FILE, type StoredFile } from './best-model.js';
import { writeFolder, type FolderContents } from './durable-folder.js';
import { toJson, type TrainingState } from './training-state.js';
import {
  encodeWeights,
  readWeightFiles,
  storedTensors,
  type Tensors,
  type WeightFiles,
} from './weight-files.js';

export interface Checkpoint {
  /** Of config, model and data: a checkpoint of another training is not continued. */
  readonly fingerprint: string;
  readonly state: TrainingState;
  readonly weights: Tensors;
  readonly optimizer: Tensors;
  /** {@link BEST_FILE} */
  readonly best: StoredFile | undefined;
}

/** Files beside the ones that make the checkpoint, for other tools to read: trainer_state.json, adapter_config.json. */
export type Companions = Readonly<Record<string, string>>;

const MANIFEST = 'manifest.json';
const NAME = /^checkpoint-(\d+)$/;

const manifestSchema = z.strictObject({ sha256: z.record(z.string(), z.string()) });
const entrySchema = z.record(z.string(), z.number());
const stateSchema = z.strictObject({
  fingerprint: z.string(),
  state: z.strictObject({
    step: z.int().min(0),
    evaluatedAt: z.int().min(0),
    best: z
      .strictObject({ step: z.int(), accuracy: z.number().exactOptional(), loss: z.number() })
      .nullable(),
    epochsEnded: z.int().min(0),
    stopped: z.string().nullable(),
    callbacks: z.record(z.string(), z.json()),
    lossSum: z.number(),
    lossCount: z.int().min(0),
    history: z.array(entrySchema),
  }),
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The checkpoints of one training: a folder with a sub-folder for each. */
export class CheckpointFolder {
  constructor(
    readonly path: string,
    /** Files of the weights that train: PEFT's, where an adapter is trained. */
    private readonly files: WeightFiles,
  ) {}

  /**
   * Writes a checkpoint, and then removes those that are more than `keep` behind it. What is ahead of it is damaged or another training's,
   * since this one would have gone on from it: it stays, and does not count. With it counted, the one just written could be the first to go.
   *
   * @returns where it is, and the digest of its manifest, which covers every file
   * @throws DiagnosticError `disk-full`; the checkpoints before are untouched
   */
  save(checkpoint: Checkpoint, companions: Companions, keep: number): { path: string; digest: string } {
    const { fingerprint, state, weights, optimizer, best } = checkpoint;
    const moments = { parts: () => safetensorsParts(optimizer) };
    const files: FolderContents = {
      ...companions,
      ...encodeWeights(this.files, weights),
      'optimizer.safetensors': moments,
      'training_state.json': toJson({ fingerprint, state }),
      ...(best ? { [BEST_FILE]: { copyOf: best.path, sha256: best.sha256 } } : {}),
    };
    let manifest = '';
    mkdirSync(this.path, { recursive: true });
    const path = join(this.path, `checkpoint-${state.step}`);
    writeFolder(path, files, {
      name: MANIFEST,
      of: (digests) => (manifest = toJson({ sha256: Object.fromEntries(Object.entries(digests).sort()) })),
    });
    const upToThis = this.#steps().filter((step) => step <= state.step);
    for (const step of upToThis.slice(keep))
      rmSync(join(this.path, `checkpoint-${step}`), { recursive: true, force: true });
    return { path, digest: sha256(manifest) };
  }

  /** The newest checkpoint of this training that is whole. What is passed over, and why, goes to `log`. */
  async newest(
    fingerprint: string,
    log: (line: string) => void,
  ): Promise<{ checkpoint: Checkpoint; path: string } | undefined> {
    for (const step of this.#steps()) {
      const path = join(this.path, `checkpoint-${step}`);
      try {
        const checkpoint = await this.#read(path);
        if (checkpoint.fingerprint === fingerprint) return { checkpoint, path };
        log(`${path} belongs to a training with other settings, model or data: it is not used`);
      } catch (error) {
        log(`${path} is damaged (${(error as Error).message}): the one before it is used`);
      }
    }
    return undefined;
  }

  /** Newest first. */
  #steps(): number[] {
    let names: string[];
    try {
      names = readdirSync(this.path);
    } catch {
      return [];
    }
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => b - a);
  }

  async #read(path: string): Promise<Checkpoint> {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(path, MANIFEST), 'utf8')));
    for (const [name, digest] of Object.entries(manifest.sha256))
      if ((await sha256OfFile(join(path, name))) !== digest)
        throw new Error(`${name} does not have the digest it was written with`);
    const best = manifest.sha256[BEST_FILE];
    const { fingerprint, state } = stateSchema.parse(
      JSON.parse(readFileSync(join(path, 'training_state.json'), 'utf8')),
    );
    return {
      fingerprint,
      state,
      weights: readWeightFiles(this.files, path),
      optimizer: storedTensors(join(path, 'optimizer.safetensors')),
      best: best === undefined ? undefined : { path: join(path, BEST_FILE), sha256: best },
    };
  }
}
