import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Registry } from '../registry/settings.js';
import type { VersionRecord } from '../versions/version-record.js';
import type { CardOptions } from './card-body.js';
import { fileReader, type ModelPlace } from './model-content.js';
import { modelFacts } from './model-facts.js';

/** Of a version, what its card follows from. Where it is placed, its files are read there: they are what a pull brings. */
export type Described = Pick<VersionRecord, 'version' | 'source' | 'registered' | 'lineage'> &
  Partial<Pick<VersionRecord, 'model'>>;

/**
 * What the card of a version says, from its record and the model's own files.
 *
 * @throws DiagnosticError `cache-missing`, and those of the remote
 */
export async function describeVersion(
  place: ModelPlace,
  registry: Registry,
  { version, source, model = source, registered, lineage }: Described,
): Promise<CardOptions> {
  const isHere = (name: string): boolean => existsSync(join(place.project.root, name));
  const facts = await modelFacts(lineage, await fileReader(place, model), isHere);
  return { registry, version, facts, registered, ...(lineage ? { lineage } : {}) };
}
