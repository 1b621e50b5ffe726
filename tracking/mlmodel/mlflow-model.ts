import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';
import { LOADER_FILES, LOADER_MODULE } from './loader/loader-files.js';
import type { ModelSignature } from './signatures.js';

/** A file of an MLflow model: a text, or a copy of another. */
export type ModelFile = { readonly text: string } | { readonly copyOf: string };

export interface MlflowModel {
  /** Of the model, by name: a whole one in transformers' layout, or an adapter in PEFT's or AdapterHub's. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the base of an adapter, when no hub has it. */
  readonly base: Readonly<Record<string, string>>;
  readonly signature: ModelSignature;
  /** One row of the inputs. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Python packages beside PyTorch and transformers. */
  readonly packages: readonly string[];
}

/**
 * A model in MLflow's format, which `mlflow.pyfunc.load_model` loads: `MLmodel` with the flavor `python_function`,
 * signature and input example, the weights, and the code that reads them.
 *
 * @returns path in the model's folder → file
 */
export function mlflowModel(model: MlflowModel): Record<string, ModelFile> {
  const { signature } = model;
  const packages = [...PACKAGES, ...model.packages];
  const example = {
    columns: Object.keys(model.example),
    data: [Object.values(model.example)],
  };
  const texts: Record<string, string> = {
    MLmodel: stringify({
      artifact_path: 'model',
      flavors: {
        python_function: {
          code: 'code',
          data: 'data',
          env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
          loader_module: LOADER_MODULE,
        },
      },
      model_uuid: randomUUID().replaceAll('-', ''),
      saved_input_example_info: {
        artifact_path: 'input_example.json',
        pandas_orient: 'split',
        serving_input_path: 'serving_input_example.json',
        type: 'dataframe',
      },
      signature: {
        inputs: JSON.stringify(signature.inputs),
        outputs: JSON.stringify(signature.outputs),
        params: signature.params ? JSON.stringify(signature.params) : null,
      },
      utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', ''),
    }),
    'input_example.json': JSON.stringify(example),
    'serving_input_example.json': JSON.stringify({ dataframe_split: example }),
    'requirements.txt': `${packages.join('\n')}\n`,
    'python_env.yaml': stringify({ python: PYTHON, dependencies: ['-r requirements.txt'] }),
    'conda.yaml': stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${PYTHON}`, 'pip', { pip: packages }],
    }),
    ...Object.fromEntries(Object.entries(LOADER_FILES).map(([path, text]) => [`code/${path}`, text])),
  };
  const copies = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([name, path]) => [`data/${folder}/${name}`, { copyOf: path }] as const);
  return {
    ...Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, { text }])),
    ...Object.fromEntries([...copies('model', model.files), ...copies('base', model.base)]),
  };
}

const PYTHON = '3.11';
const PACKAGES = ['mlflow', 'pandas', 'torch', 'transformers'];
