import { badTorchFile, unsafePickle } from './bad-torch-file.js';
import type { PickleWorld } from './pickle.js';
import {
  elementTypes,
  elementsOf,
  reachOf,
  storageType,
  type ElementType,
  type StorageReference,
  type StoredTensor,
} from './stored-tensor.js';

class StorageClass {
  constructor(readonly type: ElementType) {}
}

class Storage implements StorageReference {
  constructor(
    readonly key: string,
    readonly type: ElementType,
    readonly elements: number,
  ) {}
}

class Tensor implements StoredTensor {
  constructor(
    readonly storage: StorageReference,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

export function isTensor(value: unknown): value is StoredTensor {
  return value instanceof Tensor;
}

/** A function that files may call: with arguments that come from the file, and are checked one by one. */
class Known {
  constructor(readonly call: (args: readonly unknown[]) => unknown) {}
}

/**
 * What the files of torch.save may name: the parts that a state dict is made of, and nothing else. Nothing that is named
 * here does more than to describe where a tensor's bytes lie.
 */
export function torchWorld(file: string): PickleWorld & { readonly storages: ReadonlyMap<string, Storage> } {
  const storages = new Map<string, Storage>();
  const refuse = (message: string): never => {
    throw badTorchFile(file, `the file describes a tensor wrongly: ${message}`);
  };
  const sizes = (value: unknown, what: string): readonly number[] =>
    Array.isArray(value) && value.every(isSize) ? value : refuse(`${what} are not sizes`);
  const tensor = (storage: StorageReference, args: readonly unknown[]): Tensor => {
    const offset = isSize(args[1]) ? args[1] : refuse('the offset is not a size');
    const shape = sizes(args[2], 'shape');
    const strides = sizes(args[3], 'strides');
    if (shape.length !== strides.length) refuse(`${shape.length} sizes, ${strides.length} strides`);
    const made = new Tensor(storage, offset, shape, strides);
    if (!Number.isSafeInteger(elementsOf(shape)) || reachOf(made) > storage.elements)
      refuse(`[${shape.join(', ')}] from ${offset} reaches beyond the ${storage.elements} elements of its storage`); // prettier-ignore
    return made;
  };
  const storageOf = (value: unknown): Storage =>
    value instanceof Storage ? value : refuse('it lies in no storage');

  const known = new Map<string, unknown>([
    ['collections.OrderedDict', new Known(orderedDict)],
    ['torch.Size', new Known(([size]) => size)],
    ['torch.device', new Known(([name]) => name)],
    ['torch._utils._rebuild_tensor_v2', new Known((args) => tensor(storageOf(args[0]), args))],
    [
      'torch._utils._rebuild_tensor_v3',
      new Known((args) => tensor(retyped(storageOf(args[0]), args[6]), args)),
    ],
    ['torch._utils._rebuild_tensor', new Known((args) => tensor(storageOf(args[0]), args))],
    ['torch._utils._rebuild_parameter', new Known(([data]) => data)],
    ['torch._utils._rebuild_parameter_with_state', new Known(([data]) => data)],
  ]);

  /** An untyped storage's bytes, in elements of the tensor's own type. */
  function retyped(storage: Storage, dtype: unknown): StorageReference {
    if (!isElementType(dtype)) return refuse('its type is none');
    const bytes = storage.elements * storage.type.bytes;
    return new Storage(storage.key, dtype, Math.floor(bytes / dtype.bytes));
  }

  return {
    storages,
    global(module, name) {
      const full = `${module}.${name}`;
      if (known.has(full)) return known.get(full);
      if (module === 'torch' || module === 'torch.storage') {
        const type = storageType(name);
        if (type) return new StorageClass(type);
        const element = elementTypes.get(name);
        if (element) return element;
      }
      throw unsafePickle(file, 'the file names something that is not part of a state dict', full);
    },
    call(callee, args) {
      if (callee instanceof Known) return callee.call(args);
      throw unsafePickle(file, 'the file calls what is not a function', String(callee));
    },
    persistent(id) {
      const [kind, storageClass, key, , elements, view] = Array.isArray(id) ? (id as unknown[]) : [];
      if (
        kind !== 'storage' ||
        !(storageClass instanceof StorageClass) ||
        typeof key !== 'string' ||
        !isSize(elements)
      )
        // prettier-ignore
        return refuse('its storage is not described as torch does');
      if (view !== undefined && view !== null) return refuse('its storage is a view of another one');
      const storage = new Storage(key, storageClass.type, elements);
      if (!storages.has(key)) storages.set(key, storage);
      return storage;
    },
  };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isElementType(value: unknown): value is ElementType {
  return [...elementTypes.values()].includes(value as ElementType);
}

/** Empty, or from a list of pairs as Python 2 wrote them. */
function orderedDict([pairs]: readonly unknown[]): Map<unknown, unknown> {
  const entries = Array.isArray(pairs) ? pairs.filter(Array.isArray) : [];
  return new Map(entries.map(([key, value]) => [key, value] as const));
}
