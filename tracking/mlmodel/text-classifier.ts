import { randomUUID } from 'node:crypto';
import { stringify } from 'yaml';
import { LOADER_MODULE, LOADER_SOURCE } from './loader-source.js';

/** A file of an MLflow model: a text, or a copy of another. */
export type ModelFile = { readonly text: string } | { readonly copyOf: string };

export interface TextClassifierModel {
  /** Of the model, by name: a whole one in transformers' layout, or an adapter in PEFT's. */
  readonly files: Readonly<Record<string, string>>;
  /** Of the base of an adapter, when no hub has it. */
  readonly base: Readonly<Record<string, string>>;
  readonly example: string;
}

/**
 * A text classifier in MLflow's model format, which `mlflow.pyfunc.load_model` loads: `MLmodel` with the flavor
 * `python_function`, signature and input example, the weights, and the code that reads them.
 *
 * @returns path in the model's folder → file
 */
export function textClassifierModel(model: TextClassifierModel): Record<string, ModelFile> {
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
        inputs: JSON.stringify([column('string', 'text')]),
        outputs: JSON.stringify([column('string', 'label'), column('double', 'confidence')]),
        params: null,
      },
      utc_time_created: new Date().toISOString().replace('T', ' ').replace('Z', ''),
    }),
    'input_example.json': JSON.stringify({ columns: ['text'], data: [[model.example]] }),
    'serving_input_example.json': JSON.stringify({
      dataframe_split: { columns: ['text'], data: [[model.example]] },
    }),
    'requirements.txt': `${PACKAGES.join('\n')}\n`,
    'python_env.yaml': stringify({ python: PYTHON, dependencies: ['-r requirements.txt'] }),
    'conda.yaml': stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${PYTHON}`, 'pip', { pip: PACKAGES }],
    }),
    [`code/${LOADER_MODULE}.py`]: LOADER_SOURCE,
  };
  const copies = (folder: string, files: Readonly<Record<string, string>>) =>
    Object.entries(files).map(([name, path]) => [`data/${folder}/${name}`, { copyOf: path }] as const);
  return {
    ...Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, { text }])),
    ...Object.fromEntries([...copies('model', model.files), ...copies('base', model.base)]),
  };
}

const PYTHON = '3.11';
const PACKAGES = ['mlflow', 'pandas', 'torch', 'transformers', 'peft'];

const column = (type: string, name: string): object => ({ type, name, required: true });
