import { z } from 'zod';
import type { Lineage } from '../../workflows/index.js';

/** What a model's own files, and its params, say of it. */
export interface ModelFacts {
  /** On the hub, or a folder: what was finetuned. */
  readonly base?: string;
  /** The base is no folder of the project's. */
  readonly onHub: boolean;
  readonly library?: 'peft' | 'adapter-transformers' | 'transformers';
  /** The hub's name of the task. */
  readonly task?: string;
  readonly method?: string;
  /** Data set on the hub. */
  readonly dataset?: string;
}

const PIPELINES: Readonly<Record<string, string>> = {
  'text-classification': 'text-classification',
  'causal-lm': 'text-generation',
  'image-classification': 'image-classification',
};

/** What the template's presets train; others' names say nothing. */
const METHODS: Readonly<Record<string, string>> = {
  lora_config: 'lora',
  qlora_config: 'qlora',
  adapter_config: 'adapter',
  full_finetune: 'full_finetune',
};

const adapter = z.looseObject({
  base_model_name_or_path: z.string().optional(),
  /** AdapterHub's. */
  model_name: z.string().optional(),
  peft_type: z.string().optional(),
});

/**
 * @param read a file of the model's folder, by its name; undefined when it has none
 * @param isHere whether the project has a file or folder of that name
 */
export async function modelFacts(
  lineage: Lineage | undefined,
  read: (name: string) => Promise<string | undefined>,
  isHere: (path: string) => boolean,
): Promise<ModelFacts> {
  const params = lineage?.params ?? {};
  const text = (key: string): string | undefined => {
    const value = params[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const config = parsed(await read('adapter_config.json'));
  const base = config?.base_model_name_or_path ?? config?.model_name ?? text('finetuning.model_name');
  const library = config
    ? config.peft_type === undefined
      ? 'adapter-transformers'
      : 'peft'
    : (await read('config.json')) === undefined
      ? undefined
      : 'transformers';
  const task = PIPELINES[text('configs/base_config.yaml:task') ?? ''];
  const method =
    text('finetuning.method') ?? METHODS[text('finetuning.preset') ?? ''] ?? config?.peft_type?.toLowerCase();
  const dataset = /^hf:([^@]+)/.exec(
    text('data_config.ingestion.source') ?? text('configs/data_config.yaml:ingestion.source') ?? '',
  )?.[1];
  return {
    ...(base === undefined ? {} : { base }),
    onHub: base !== undefined && /^[\w-][\w.-]*(\/[\w.-]+)?$/.test(base) && !isHere(base),
    ...(library === undefined ? {} : { library }),
    ...(task === undefined ? {} : { task }),
    ...(method === undefined ? {} : { method }),
    ...(dataset === undefined ? {} : { dataset }),
  };
}

function parsed(text: string | undefined): z.output<typeof adapter> | undefined {
  if (text === undefined) return undefined;
  try {
    return adapter.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
