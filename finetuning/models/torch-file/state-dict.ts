import { badTorchFile } from './bad-torch-file.js';
import type { StoredTensor } from './stored-tensor.js';
import { isTensor } from './torch-world.js';

/** Where training scripts put a state dict among other things: Lightning, timm, detectron, fairseq and hand-made ones. */
const wrappers = ['state_dict', 'model_state_dict', 'model', 'module', 'net'];

/** What DataParallel puts before every name. */
const PARALLEL = 'module.';

/**
 * The tensors of what was saved: a state dict, or a dictionary that has one.
 *
 * @throws DiagnosticError `bad-torch-file`
 */
export function stateDict(file: string, root: unknown): ReadonlyMap<string, StoredTensor> {
  const inner = root instanceof Map ? wrappers.map((key): unknown => root.get(key)) : [];
  for (const candidate of [...inner, root]) {
    const tensors = tensorsOf(candidate);
    if (tensors.size > 0) return withoutPrefix(tensors);
  }
  throw badTorchFile(file, 'the file has no tensors by name', {
    expected: `a state dict, alone or under ${wrappers.join(', ')}`,
    found: root instanceof Map ? `a dictionary of ${[...root.keys()].slice(0, 10).map(String).join(', ')}` : 'something else', // prettier-ignore
  });
}

function tensorsOf(value: unknown): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  if (value instanceof Map)
    for (const [name, tensor] of value as Map<unknown, unknown>)
      if (typeof name === 'string' && isTensor(tensor)) tensors.set(name, tensor);
  return tensors;
}

function withoutPrefix(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const all = [...tensors];
  return all.every(([name]) => name.startsWith(PARALLEL))
    ? new Map(all.map(([name, tensor]) => [name.slice(PARALLEL.length), tensor]))
    : tensors;
}
