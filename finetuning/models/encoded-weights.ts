import type { TensorData } from '../../compute/index.js';
import type { Method } from '../methods/method.js';
import type { LoadedWeights } from './load-weights.js';

/** What is held at once beside the variables themselves: values of several small ones are handed over together. */
const AT_ONCE_BYTES = 32 * 2 ** 20;

/**
 * A model's weights in the forms in which a method keeps them, and first values for what it adds: variables' values, some
 * at a time, so that what is kept in four bits is never there as a whole in 32.
 */
export function* encodedWeights(
  { values }: Pick<LoadedWeights, 'values'>,
  method: Method,
  seed: number,
): Generator<Readonly<Record<string, TensorData>>> {
  const encode = (name: string): Readonly<Record<string, TensorData>> => {
    const form = method.stored?.get(name);
    const read = (): Float32Array => values.get(name) ?? new Float32Array();
    if (!form) return { [name]: read() };
    const nf4 = form.encodeNf4 && values.nf4(name);
    return nf4 && form.encodeNf4 ? form.encodeNf4(nf4) : form.encode(read());
  };
  const usedValue = (name: string): Float32Array => {
    const form = method.stored?.get(name);
    return form ? form.decode(encode(name)) : (values.get(name) ?? new Float32Array());
  };
  let [batch, bytes]: [Record<string, TensorData>, number] = [{}, 0];
  for (const name of [...values.names, ...method.added.keys()]) {
    const next = method.added.has(name) ? { [name]: method.initial(name, seed, usedValue) } : encode(name);
    Object.assign(batch, next);
    bytes += Object.values(next).reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes < AT_ONCE_BYTES) continue;
    yield batch;
    [batch, bytes] = [{}, 0];
  }
  yield batch;
}
