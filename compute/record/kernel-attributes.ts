import { attribute, type Attribute, type Attributes } from '../graph/attribute.js';
import { backend, type KernelAttribute } from '../native/backend.js';
import type { TracedValue } from './operation-call.js';

/** What a tfjs kernel gives along with an operation, as the graph writes it. */
export function graphAttribute({ name, type, value }: KernelAttribute): Attribute {
  const { binding } = backend;
  switch (type) {
    case binding.TF_ATTR_STRING:
      return attribute.string(value as string);
    case binding.TF_ATTR_INT:
      return Array.isArray(value) ? attribute.ints(value as number[]) : attribute.int(value as number);
    case binding.TF_ATTR_FLOAT:
      return attribute.float(value as number);
    case binding.TF_ATTR_BOOL:
      return attribute.bool(value as boolean);
    case binding.TF_ATTR_TYPE:
      return attribute.type(value as number);
    case binding.TF_ATTR_SHAPE:
      return attribute.shape(value as number[]);
    default:
      throw new TypeError(`attribute ${name} is of a kind that graphs are not given (${type})`);
  }
}

/** Type attributes that tfjs leaves to eager execution to infer: attribute → the input that has it. */
const INFERRED: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
  LinSpace: { T: 0, Tidx: 2 },
};

export function withInferredTypes(
  op: string,
  attributes: Attributes,
  inputs: readonly TracedValue[],
): Attributes {
  const inferred = Object.entries(INFERRED[op] ?? {}).map(
    ([name, input]) => [name, attribute.type((inputs[input] as TracedValue).dtype)] as const,
  );
  return { ...Object.fromEntries(inferred), ...attributes };
}
