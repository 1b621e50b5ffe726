import type { SourceName } from '../sources.js';
import type { JsonSchema } from './json-schema.js';
import { partialSchema } from './partial-schema.js';

const DRAFT = 'http://json-schema.org/draft-07/schema#';
/** DVC's own, which its VS Code extension and schemastore.org use, too. */
const DVC_SCHEMA = 'https://raw.githubusercontent.com/iterative/dvcyaml-schema/master/schema.json';
/** What `foreach`, `matrix` and params put in. */
const TEMPLATE: JsonSchema = { type: 'string', pattern: '\\$\\{.+\\}' };

/** File name → schema: one for each kind of YAML file that a person writes. */
export function editorSchemas(
  sources: Readonly<Record<SourceName, JsonSchema>>,
): Readonly<Record<string, JsonSchema>> {
  const { base, data, finetuning, evaluation, stage, project, retrain, registry, channels } = sources;
  return {
    'base_config.schema.json': { $schema: DRAFT, title: 'configs/base_config.yaml', ...base },
    'data_config.schema.json': { $schema: DRAFT, title: 'configs/data_config.yaml', ...partialSchema(data) },
    'finetuning_config.schema.json': {
      $schema: DRAFT,
      title: 'configs/finetuning/*.yaml',
      ...partialSchema(finetuning),
    },
    'params.schema.json': {
      $schema: DRAFT,
      title: 'params.yaml',
      type: 'object',
      properties: {
        data_config: { description: 'Laid over configs/data_config.yaml.', ...partialSchema(data) },
        finetuning: withPreset(partialSchema(finetuning)),
        evaluation: { description: 'What `reprise evaluate` measures.', ...evaluation },
      },
    },
    'dvc.schema.json': { $schema: DRAFT, title: 'dvc.yaml', allOf: [{ $ref: DVC_SCHEMA }, stages(stage)] },
    'reprise_config.schema.json': {
      $schema: DRAFT,
      title: '.reprise/config.yaml',
      ...project,
      properties: {
        ...project.properties,
        stages: { description: descriptionOf(project, 'stages'), ...stage },
        retrain: { description: descriptionOf(project, 'retrain'), ...retrain },
        registry: { description: descriptionOf(project, 'registry'), ...registry },
        notifications: { description: descriptionOf(project, 'notifications'), ...channels },
      },
    },
  };
}

function descriptionOf({ properties }: JsonSchema, key: string): string {
  const property = properties?.[key];
  return (property && property.description) || '';
}

function withPreset(finetuning: JsonSchema): JsonSchema {
  return {
    description: 'Laid over the preset.',
    ...finetuning,
    properties: {
      preset: {
        description: 'Which configs/finetuning/<preset>.yaml is underneath.',
        type: 'string',
        pattern: '^[^/]+$',
      },
      ...finetuning.properties,
    },
  };
}

/** `meta.reprise` of each stage, also of one that `foreach` or `matrix` makes several of. */
function stages(settings: JsonSchema): JsonSchema {
  const reprise = { description: 'How Reprise runs the stage. DVC ignores it.', ...orTemplate(settings) };
  const meta = { properties: { reprise } };
  return {
    properties: {
      stages: { additionalProperties: { properties: { meta, do: { properties: { meta } } } } },
    },
  };
}

/** Each value also as a template that DVC fills in. */
function orTemplate(schema: JsonSchema): JsonSchema {
  const { description, default: value, ...rest } = schema;
  const around = {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
  };
  if (schema.properties) {
    const properties = Object.entries(schema.properties).map(([key, each]) => [
      key,
      each && orTemplate(each),
    ]);
    return { ...schema, properties: Object.fromEntries(properties) as Record<string, JsonSchema> };
  }
  if (schema.items && !Array.isArray(schema.items))
    return { ...schema, items: orTemplate(schema.items as JsonSchema) };
  return { ...around, anyOf: [...(rest.anyOf ?? [rest]), TEMPLATE] };
}
