import type { z } from 'zod';
import {
  baseConfigSchema,
  dataConfigSchema,
  evaluationConfigSchema,
  finetuningConfigSchema,
} from '../configs/index.js';
import { channelsSchema } from '../notifications/index.js';
import { registrySection } from '../promotion/index.js';
import { projectSettings, settingsOf, stageSettings } from '../runner/index.js';
import { RETRAIN_DEFAULTS, reproduceInput, retrainSection } from '../workflows/index.js';
import { Docstrings } from './docstrings.js';
import { jsonSchema, type JsonSchema } from './schemas/json-schema.js';

interface Source {
  readonly schema: z.ZodType;
  /** Whence the room has it: with the schema's name there, the compiler finds the docstrings. */
  readonly module: string;
  readonly name: string;
  /** Where they are not in the schema. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** What a person writes in YAML, and the zod schemas that read it. */
const SOURCES = {
  base: { schema: baseConfigSchema, module: 'configs/index.ts', name: 'baseConfigSchema' },
  data: { schema: dataConfigSchema, module: 'configs/index.ts', name: 'dataConfigSchema' },
  finetuning: { schema: finetuningConfigSchema, module: 'configs/index.ts', name: 'finetuningConfigSchema' },
  evaluation: { schema: evaluationConfigSchema, module: 'configs/index.ts', name: 'evaluationConfigSchema' },
  stage: {
    schema: stageSettings,
    module: 'runner/index.ts',
    name: 'stageSettings',
    defaults: stageDefaults(),
  },
  project: { schema: projectSettings, module: 'runner/index.ts', name: 'projectSettings' },
  retrain: {
    schema: retrainSection,
    module: 'workflows/index.ts',
    name: 'retrainSection',
    defaults: {
      ...RETRAIN_DEFAULTS,
      approvalTimeout: durationText(RETRAIN_DEFAULTS.approvalTimeout),
      reminder: durationText(RETRAIN_DEFAULTS.reminder),
    },
  },
  registry: { schema: registrySection, module: 'promotion/index.ts', name: 'registrySection' },
  channels: { schema: channelsSchema, module: 'notifications/index.ts', name: 'channelsSchema' },
} as const satisfies Record<string, Source>;

export type SourceName = keyof typeof SOURCES;

/** Each of them as JSON Schema, with its docstrings. */
export function readSources(root: string): Readonly<Record<SourceName, JsonSchema>> {
  const sources: [string, Source][] = Object.entries(SOURCES);
  const docstrings = new Docstrings(root, [...new Set(sources.map(([, { module }]) => module))]);
  const schemas = sources.map(([key, { schema, module, name, defaults }]) => [
    key,
    jsonSchema(schema, docstrings.outputOf(module, name), docstrings, defaults),
  ]);
  return Object.fromEntries(schemas) as Record<SourceName, JsonSchema>;
}

/** Seconds as a person writes them. */
function durationText(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3600],
      ['m', 60],
    ] as const
  ).find(([, each]) => seconds >= each && seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

/** What a stage has that says nothing. A heartbeat that is not set is the workflow's. */
function stageDefaults(): Readonly<Record<string, unknown>> {
  const stage = { address: 'stage', meta: undefined, locate: () => ({ file: 'dvc.yaml' }) };
  const { labels, gpus, retries, priority, timeout, grace } = settingsOf(stage, {});
  const { heartbeat } = reproduceInput.parse({});
  return {
    labels,
    gpus,
    retries,
    priority,
    timeout: durationText(timeout),
    grace: durationText(grace),
    heartbeat: durationText(heartbeat),
  };
}
