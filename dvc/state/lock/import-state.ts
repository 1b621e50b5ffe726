import { isMap } from 'yaml';
import type { ImportState } from '../../types.js';
import { scalarText } from './parse-entry.js';

const NUMBERS = ['size', 'nfiles'];
/** In DVC's order. */
export const IMPORT_FIELDS = ['md5', 'etag', 'checksum', ...NUMBERS, 'hash', 'rev_lock'];

/**
 * What is known of a source: the fields of a dep of a `.dvc` file, and of its `repo`. An ETag or a hash may look like a number when
 * no quotes are around it.
 */
export function importState(node: unknown): ImportState {
  if (!isMap(node)) return {};
  const place = node.get('repo', true) ?? node;
  if (!isMap(place)) return {};
  const fields = IMPORT_FIELDS.flatMap((key): [string, string | number][] => {
    const value = place.get(key, true);
    const text = value === undefined ? '' : scalarText(value);
    return text === '' ? [] : [[key, NUMBERS.includes(key) ? Number(text) : text]];
  });
  return Object.fromEntries(fields);
}
