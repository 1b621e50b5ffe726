import {
  commitLock,
  loadPipeline,
  openProject,
  readParams,
  saveOutputs,
  type Project,
} from '../../dvc/index.js';
import { writeFiles } from './project.js';
import { makeGitProject } from './sweep-project.js';

const PIPELINE = `stages:
  clean:
    cmd: cp raw clean
    deps: [raw]
    outs: [clean]
  train:
    cmd: sh train.sh
    deps: [clean]
    params: [train.lr, train.layers, {other.yaml: [seed]}]
    outs: [models]
  evaluate:
    cmd: sh evaluate.sh
    deps: [models/best]
    outs: [answers.jsonl]
    metrics: [{figures.json: {cache: false}}]
`;

/** Where the model, its answers and the registered versions of such a project are. */
export const PLACES = { model: 'models/best', predictions: 'answers.jsonl', final: 'final' } as const;

/** A project in git whose stages have made a model, with weights that say `weights`, and its figures. */
export async function registeredProject(): Promise<Project> {
  const root = makeGitProject({
    'dvc.yaml': PIPELINE,
    'params.yaml': 'train: {lr: 0.5, layers: [2, 3]}\n',
    'other.yaml': 'seed: 7\n',
    raw: 'rows\n',
  });
  const project = await openProject(root);
  await makeModel(project, 'one');
  return project;
}

/** What the stages make of other weights, in dvc.lock too. */
export async function makeModel(project: Project, weights: string, accuracy = 0.5): Promise<void> {
  writeFiles(project.root, {
    clean: 'rows\n',
    'models/best/weights': weights,
    'models/best/adapter_config.json': JSON.stringify({
      base_model_name_or_path: 'owner/base',
      peft_type: 'LORA',
    }),
    'models/log': weights,
    'answers.jsonl': `{"id": "1", "label": "a", "prediction": "a", "by": "${weights}"}\n`,
    'figures.json': JSON.stringify({ base: { accuracy: 0.25 }, finetuned: { accuracy, macro_f1: 0.5 } }),
  });
  const { stages } = await loadPipeline(project);
  for (const stage of stages.filter(({ cmd }) => cmd !== undefined)) {
    const entry = await saveOutputs(project, stage, readParams);
    await commitLock(project, stage.dvcfile, new Map([[stage.name, entry]]), { before: {} });
  }
}
