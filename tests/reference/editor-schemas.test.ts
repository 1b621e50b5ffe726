import { Ajv, type ValidateFunction } from 'ajv';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { initProject, tasks, type Task } from '../../cli/init/index.js';
import {
  loadBaseConfig,
  loadDataConfig,
  loadEvaluationConfig,
  loadFinetuningConfig,
} from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { loadPipeline, openProject } from '../../dvc/index.js';
import { projectDefaults, settingsOf } from '../../runner/index.js';
import type { JsonSchema } from '../../reference/schemas/json-schema.js';
import { writeFiles } from '../rig/project.js';

/** What DVC says of the rest of dvc.yaml is fetched by editors; here it says nothing. */
const DVC_SCHEMA = 'https://raw.githubusercontent.com/iterative/dvcyaml-schema/master/schema.json';
const MODELINE = /^# yaml-language-server: \$schema=(\S+)\n/;

type Load = (root: string) => unknown;
const all: Load = (root) =>
  [loadBaseConfig, loadDataConfig, loadEvaluationConfig, loadFinetuningConfig].map((f) => f(root));
const stages: Load = async (root) => {
  const { stages: found } = await loadPipeline(await openProject(root));
  return found.map((stage) => settingsOf(stage, projectDefaults(root)));
};

/** A path of a schema's keys, with what it may have there. */
type Place = readonly [path: readonly string[], schema: JsonSchema];

function placesOf(schema: JsonSchema, path: readonly string[] = []): Place[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    property === false ? [] : [[[...path, key], property] as const, ...placesOf(property, [...path, key])],
  );
}

async function layOut(task: Task, data?: string): Promise<{ root: string; written: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-schemas-'));
  const { written } = await initProject({ folder, task, commit: false, ...(data ? { data } : {}) });
  return { root: folder, written };
}

/** The validator that a file's first line names, found from where the file is. */
function validatorOf(root: string, path: string): ValidateFunction {
  const [, named] = MODELINE.exec(readFileSync(join(root, path), 'utf8')) ?? [];
  if (named === undefined) throw new Error(`${path} names no schema in its first line`);
  const schema = JSON.parse(readFileSync(join(root, dirname(path), named), 'utf8')) as object;
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  ajv.addSchema({}, DVC_SCHEMA);
  return ajv.compile(schema);
}

async function refusal(load: Load, root: string): Promise<string | undefined> {
  try {
    await load(root);
    return undefined;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.code;
  }
}

describe('schemas for editors', () => {
  it.each(Object.keys(tasks) as Task[])('accept every YAML file of a project for %s', async (task) => {
    const { root, written } = await layOut(task);
    const files = written.filter((path) => path.endsWith('.yaml'));
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const path of files) {
      const validate = validatorOf(root, path);
      const valid = validate(parse(readFileSync(join(root, path), 'utf8')));
      expect([path, valid, validate.errors ?? []]).toEqual([path, true, []]);
    }
    all(root);
  });

  it('stay named in files that are changed for the user’s own data', async () => {
    const { root } = await layOut('text-classification', 'https://example.com/reviews.csv');
    for (const path of ['params.yaml', 'configs/data_config.yaml']) {
      const validate = validatorOf(root, path);
      expect([validate(parse(readFileSync(join(root, path), 'utf8'))), validate.errors]).toEqual([
        true,
        null,
      ]);
    }
  });

  it.each([
    ['params.yaml', undefined],
    ['configs/base_config.yaml', undefined],
    ['configs/data_config.yaml', 'data_config'],
    ['configs/finetuning/lora_config.yaml', 'finetuning'],
  ])('refuse a wrong value in %s wherever the loader does', async (path, section) => {
    const { root } = await layOut('text-classification');
    const validate = validatorOf(root, path);
    const text = readFileSync(join(root, path), 'utf8');
    const params = parseDocument(readFileSync(join(root, 'params.yaml'), 'utf8'));
    // What params.yaml has too, is laid over the wrong value.
    const places = placesOf(validate.schema as JsonSchema).filter(
      ([keys]) => section === undefined || !params.hasIn([section, ...keys]),
    );
    expect(places.length).toBeGreaterThanOrEqual(8);
    for (const [keys] of places) {
      const changed = parseDocument(text);
      // No setting is a list of lists of mappings.
      changed.setIn(keys, changed.createNode([[{}]]));
      writeFileSync(join(root, path), changed.toString());
      const byLoader = (await refusal(all, root)) !== undefined;
      expect([keys.join('.'), validate(parse(changed.toString())), byLoader]).toEqual([
        keys.join('.'),
        false,
        true,
      ]);
    }
  });

  it.each([
    ['params.yaml', ['finetuning', 'learning_rat'], 1],
    ['params.yaml', ['finetuning', 'num_epochs'], 0],
    ['params.yaml', ['finetuning', 'adapter_dropout'], 1],
    ['params.yaml', ['data_config', 'ingestion', 'source'], 'ftp://example.com/a.csv'],
    ['params.yaml', ['data_config', 'preprocessing', 'unmapped'], 'ignore'],
    ['params.yaml', ['evaluation', 'top_k'], [1]],
    ['configs/data_config.yaml', ['preprocessing', 'pixels'], { width: 8, height: 8, maximum: 16 }],
    ['configs/finetuning/lora_config.yaml', ['method'], 'lra'],
    ['configs/finetuning/lora_config.yaml', ['adapter_type'], 'pfeiffer'],
    ['configs/finetuning/lora_config.yaml', ['lr_scheduler_kwargs'], { nothing: 1 }],
    ['configs/base_config.yaml', ['task'], 'translation'],
  ] as const)('refuse in %s what the loader refuses: %j = %j', async (path, keys, value) => {
    const { root } = await layOut('text-classification');
    const validate = validatorOf(root, path);
    const changed = parseDocument(readFileSync(join(root, path), 'utf8'));
    changed.setIn(keys, changed.createNode(value));
    writeFileSync(join(root, path), changed.toString());
    expect([validate(parse(changed.toString())), await refusal(all, root)]).toEqual([
      false,
      expect.stringMatching(/^bad-(config|params)$/),
    ]);
  });

  it.each([
    [
      { retries: 3, timeout: '6h', memory: '8G', labels: ['gpu'], checkpoints: { push: true, keep: 3 } },
      true,
    ],
    [{ timeout: 'six hours' }, false],
    [{ retries: -1 }, false],
    [{ labels: ['not-one'] }, false],
    [{ priority: 6 }, false],
    [{ nonsense: 1 }, false],
    [{ checkpoints: { keep: 0 } }, false],
    [[1], false],
  ])('say of meta.reprise what the loader says: %j', async (settings, right) => {
    const { root } = await layOut('text-classification');
    const validate = validatorOf(root, 'dvc.yaml');
    const pipeline = { stages: { train: { cmd: 'true', meta: { reprise: settings } } } };
    writeFileSync(join(root, 'dvc.yaml'), JSON.stringify(pipeline));
    expect([validate(pipeline), await refusal(stages, root)]).toEqual([
      right,
      right ? undefined : 'bad-setting',
    ]);
    const loop = { stages: { train: { foreach: ['a'], do: pipeline.stages.train } } };
    writeFileSync(join(root, 'dvc.yaml'), JSON.stringify(loop));
    expect([validate(loop), await refusal(stages, root)]).toEqual([right, right ? undefined : 'bad-setting']);
  });

  it('let meta.reprise be a template', async () => {
    const { root } = await layOut('text-classification');
    const validate = validatorOf(root, 'dvc.yaml');
    const reprise = { timeout: '${limit}', gpus: '${gpus}', labels: ['${label}'] };
    const pipeline = {
      vars: [{ limit: '2h', gpus: 2, label: 'a100' }],
      stages: { train: { cmd: 'true', meta: { reprise } } },
    };
    writeFileSync(join(root, 'dvc.yaml'), JSON.stringify(pipeline));
    expect([validate(pipeline), validate.errors]).toEqual([true, null]);
    expect(await stages(root)).toMatchObject([{ timeout: 7200, gpus: 2, labels: ['a100'] }]);
  });

  it.each([
    [{ stages: { timeout: '1h' }, fairnessWeight: 2 }, true],
    [{ stages: { timeout: 'soon' } }, false],
    [{ fairnessWeight: 0 }, false],
    [{ stage: {} }, false],
  ])('say of .reprise/config.yaml what the loader says: %j', async (settings, right) => {
    const { root } = await layOut('text-classification');
    writeFiles(root, {
      '.reprise/config.yaml': `# yaml-language-server: $schema=../configs/schemas/reprise_config.schema.json\n${JSON.stringify(settings)}\n`,
    });
    const validate = validatorOf(root, '.reprise/config.yaml');
    expect([validate(settings), await refusal(projectDefaults, root)]).toEqual([
      right,
      right ? undefined : 'bad-setting',
    ]);
  });

  it.each([
    ['retrain', { metric: 'accuracy', approvalTimeout: '2d' }, true],
    ['retrain', { metric: 'f2' }, false],
    ['notifications', [{ kind: 'slack', urlEnv: 'SLACK_URL' }], true],
    ['notifications', [{ kind: 'slack', host: 'smtp.example.com', urlEnv: 'A' }], false],
    ['notifications', [{ kind: 'email' }], false],
  ])('know the section %s: %j', async (section, settings, right) => {
    const { root } = await layOut('text-classification');
    const schema = JSON.parse(
      readFileSync(join(root, 'configs/schemas/reprise_config.schema.json'), 'utf8'),
    ) as object;
    const validate = new Ajv({ strictTypes: false, strictRequired: false }).compile(schema);
    expect(validate({ [section]: settings })).toBe(right);
  });
});
