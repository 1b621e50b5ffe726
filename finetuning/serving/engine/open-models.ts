import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isOverNf4 } from '../../methods/nf4/quantization-config.js';
import type { Task } from '../../models/network.js';
import { readTask } from '../../models/read-network.js';
import type { EngineSizes, ModelSource, ServedModel } from '../types.js';
import { openGenerators } from './generators.js';
import { openImageClassifiers } from './image-classifiers.js';
import type { OpenClassifiers, OpenGenerators } from './opened.js';
import { groupsOf, readGroup } from './read-group.js';
import { openTextClassifiers } from './text-classifiers.js';

export interface OpenModels {
  readonly served: readonly ServedModel[];
  classifierOf(name: string): { readonly models: OpenClassifiers; readonly member: number };
  generatorOf(name: string): { readonly models: OpenGenerators; readonly member: number };
  /** See `OpenClassifiers.warmUp`. */
  warmUp(): boolean;
}

/**
 * Reads and compiles all models. Adapters over one base share its weights.
 *
 * @throws DiagnosticError of bad model folders
 */
export function openModels(sources: readonly ModelSource[], sizes: EngineSizes): OpenModels {
  const served: ServedModel[] = [];
  const classifiers = new Map<string, { models: OpenClassifiers; member: number }>();
  const generators = new Map<string, { models: OpenGenerators; member: number }>();
  const opened: (OpenClassifiers | OpenGenerators)[] = [];
  for (const group of groupsOf(sources, isOverNf4, isAdapter)) {
    const read = readGroup(group);
    const { task } = read.members[0]?.network ?? { task: readTask(group[0]?.baseModelDir ?? '') };
    const models = open(task, read, sizes);
    opened.push(models);
    read.members.forEach(({ source: { name, version, labels, problem } }, member) => {
      served.push({ name, version, task, problem, labels, maxWidth: models.maxWidth });
      if ('classify' in models) classifiers.set(name, { models, member });
      else generators.set(name, { models, member });
    });
  }
  const order = sources.map(({ name }) => name);
  return {
    served: served.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)),
    classifierOf: (name) => known(classifiers, name),
    generatorOf: (name) => known(generators, name),
    warmUp: () => opened.some((models) => models.warmUp()),
  };
}

function open(
  task: Task,
  group: ReturnType<typeof readGroup>,
  sizes: EngineSizes,
): OpenClassifiers | OpenGenerators {
  switch (task) {
    case 'causal-lm':
      return openGenerators(group, sizes);
    case 'image-classification':
      return openImageClassifiers(group, sizes);
    case 'text-classification':
      return openTextClassifiers(group, sizes);
  }
}

function isAdapter(folder: string): boolean {
  return existsSync(join(folder, 'adapter_config.json'));
}

function known<T>(models: ReadonlyMap<string, T>, name: string): T {
  const model = models.get(name);
  if (model === undefined) throw new Error(`no such model: ${name}`);
  return model;
}
