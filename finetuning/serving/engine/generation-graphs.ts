import {
  gatherRows,
  rowsWritten,
  tf,
  type SignatureDefinition,
  type TensorSpec,
} from '../../../compute/index.js';
import { beginSignature, stepSignature } from '../../models/generation/generation-program.js';
import type { CachedDecoding } from '../../models/network.js';
import type { Member } from './read-group.js';
import { PREPARED_ROWS, type Room } from './rooms.js';
import { scopedSignature, scopedVariables, type Scope } from './scoped-variables.js';
import type { MemberGraphs } from './shared-program.js';

type Variables = Record<string, TensorSpec>;

/** The caches of a room, one for each number of rows: they are shared by all members. */
function cachesOf(decoding: CachedDecoding, ladder: readonly number[], slots: number) {
  return ladder.map((rows) => {
    const cache = decoding.cache(rows, slots);
    const scope: Scope = (name) => (name in cache ? `${rows}x${slots}/${name}` : name);
    return { rows, names: Object.keys(cache), scope, variables: scopedVariables(cache, scope) };
  });
}

type Cache = ReturnType<typeof cachesOf>[number];

/**
 * The graphs that go on from texts which come and go: in each room
 * - `begin/W` reads one prompt of padded length W into the cache of one row;
 * - `join/R` puts that row into the cache of R rows;
 * - `step/R` reads one more token of each of R rows;
 * - `move/Q/R` takes rows of the cache of Q over to that of R.
 *
 * Those that only move rows are the same for all members, and are the first one's.
 *
 * @param ladder numbers of rows, beginning with one
 */
export function generationGraphs(
  { network, method, variables }: Member,
  {
    ladder,
    rooms,
    isFirst,
  }: { readonly ladder: readonly number[]; readonly rooms: readonly Room[]; readonly isFirst: boolean },
): MemberGraphs {
  const decoding = network.decoding as CachedDecoding;
  const signatures: Record<string, SignatureDefinition> = {};
  const extra: Variables = {};
  const own = Object.keys(variables);
  for (const [index, { slots, widths }] of rooms.entries()) {
    const caches = cachesOf(decoding, ladder, slots);
    const [entry] = caches as [Cache];
    for (const { variables: added } of caches) Object.assign(extra, added);
    for (const width of widths) {
      const begin = beginSignature(network, decoding, method, { rows: 1, width, slots });
      signatures[`${index}/begin/${width}`] = scopedSignature(begin, [...own, ...entry.names], entry.scope);
    }
    for (const { rows, names, scope } of caches) {
      const step = stepSignature(decoding, method, { rows, slots });
      signatures[`${index}/step/${rows}`] = scopedSignature(step, [...own, ...names], scope);
    }
    if (!isFirst) continue;
    for (const to of caches.slice(1)) signatures[`${index}/join/${to.rows}`] = joined(entry, to);
    for (const from of caches)
      for (const to of caches)
        if (from !== to) signatures[`${index}/move/${from.rows}/${to.rows}`] = moved(from, to);
  }
  return { signatures, extra, ...preparation(Object.keys(signatures)) };
}

/** A short prompt and each further token of it come first; then what joins it, longer prompts, and the larger room. */
const ORDER = [
  /^0\/begin\/(32|128)$/,
  /^0\/(join|step|move)\/(1\/)?4(\/1)?$/,
  /^0\/(join|step|move)\//,
  /^1\/begin\/(32|128)$/,
  /^1\/step\//,
];

function preparation(names: readonly string[]): Pick<MemberGraphs, 'first' | 'later'> {
  const first = names.filter((name) => /^0\/(begin\/32|step\/1)$/.test(name));
  const isLarge = (name: string): boolean => Number(/^1\/step\/(\d+)$/.exec(name)?.[1] ?? 0) > PREPARED_ROWS;
  const wanted = names.filter((name) => !first.includes(name) && !isLarge(name));
  const later = ORDER.flatMap((these) => wanted.filter((name) => these.test(name)));
  return { first, later: [...new Set(later)] };
}

/** The row of `entry` becomes the row `at` of `to`. */
function joined(entry: Cache, to: Cache): SignatureDefinition {
  return {
    feeds: { at: { shape: [1], dtype: 'int32' } },
    build: ({ variables, feeds }) => {
      const updates = to.names.map((name) => {
        const [one, all] = [variables[entry.scope(name)], variables[to.scope(name)]] as [
          tf.Variable,
          tf.Variable,
        ];
        const [row, rows] = [tf.reshape(one, [1, one.size]), tf.reshape(all, [to.rows, one.size])];
        const joined = rowsWritten(rows as tf.Tensor2D, feeds['at'] as tf.Tensor1D, row as tf.Tensor2D);
        return [to.scope(name), tf.reshape(joined, all.shape)];
      });
      return { outputs: {}, updates: Object.fromEntries(updates) };
    },
  };
}

/** Row r of `to` becomes the row `from[r]` of the other. */
function moved(from: Cache, to: Cache): SignatureDefinition {
  return {
    feeds: { from: { shape: [to.rows], dtype: 'int32' } },
    build: ({ variables, feeds }) => {
      const updates = to.names.map((name) => {
        const all = variables[from.scope(name)] as tf.Variable;
        const flat = tf.reshape(all, [from.rows, all.size / from.rows]) as tf.Tensor2D;
        const taken = gatherRows(flat, feeds['from'] as tf.Tensor1D);
        return [to.scope(name), tf.reshape(taken, [to.rows, ...all.shape.slice(1)])];
      });
      return { outputs: {}, updates: Object.fromEntries(updates) };
    },
  };
}
