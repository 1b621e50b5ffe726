import type { SourceName } from '../sources.js';
import type { JsonSchema } from '../schemas/json-schema.js';
import { settingsTable } from './settings-table.js';

/** The page that lists every setting. */
export function configurationPage(sources: Readonly<Record<SourceName, JsonSchema>>): string {
  const sections: readonly [title: string, text: string, schema: JsonSchema][] = [
    ['`configs/base_config.yaml`', 'What every stage shares.', sources.base],
    [
      '`configs/data_config.yaml`, and `data_config` in `params.yaml`',
      'The second is laid over the first, key by key: a key may stand in either, and what is required must stand in one. See [data.md](data.md).',
      sources.data,
    ],
    [
      '`configs/finetuning/<preset>.yaml`, and `finetuning` in `params.yaml`',
      'The second is laid over the first, which its key `preset` names (`lora_config`, `qlora_config`, `adapter_config`, `full_finetune`, or a file of your own). See [finetuning.md](finetuning.md).',
      sources.finetuning,
    ],
    ['`evaluation` in `params.yaml`', 'See [evaluation.md](evaluation.md).', sources.evaluation],
    [
      '`meta.reprise` of a stage in `dvc.yaml`',
      'How a stage is run; DVC ignores it. Durations are seconds or as `90s`, `10m`, `6h`, `2d`; amounts of memory are bytes or as `512M`, `8G`. See [stage-contract.md](stage-contract.md).',
      sources.stage,
    ],
    [
      '`.reprise/config.yaml`',
      'For the project as a whole. `stages` has the keys of `meta.reprise`, for stages that do not set them; `retrain`, `registry` and `notifications` are below.',
      without(sources.project, ['stages', 'retrain', 'notifications', 'registry']),
    ],
    ['`retrain` in `.reprise/config.yaml`', 'See [retraining.md](retraining.md).', sources.retrain],
    ['`registry` in `.reprise/config.yaml`', 'See [registry.md](registry.md).', sources.registry],
    [
      '`notifications` in `.reprise/config.yaml`',
      'A list of channels. See [retraining.md](retraining.md).',
      (sources.channels.items ?? {}) as JsonSchema,
    ],
  ];
  const body = sections.map(
    ([title, text, schema]) => `## ${title}\n\n${text}\n\n${settingsTable(schema)}\n`,
  );
  return `# Configuration

Every setting in every file, written down from the schemas that read them (\`npm run docs\`). A key that is not here is
an error that names the file, the line and the keys that are known. Some settings do not go together; that is said where
it is found.

## In an editor

The files of a project of \`reprise init\` begin with a line such as

\`\`\`yaml
# yaml-language-server: $schema=configs/schemas/params.schema.json
\`\`\`

With it, editors that have a YAML language server (VS Code with the YAML extension by Red Hat, Neovim, JetBrains IDEs and
others) complete keys, show what they mean, and underline what is wrong. The schemas are in the project's
\`configs/schemas\`. This command renews them after an update, and writes them into any other DVC project:

\`\`\`sh
reprise schemas
\`\`\`

That of \`dvc.yaml\` is DVC's own, which the editor fetches, with \`meta.reprise\` beside. In a file that two are laid over, keys
that another file may have are not asked for.

${body.join('\n')}`;
}

function without(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).filter(([key]) => !keys.includes(key));
  return { ...schema, properties: Object.fromEntries(properties) };
}
