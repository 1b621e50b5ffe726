import type { Lineage } from '../../workflows/index.js';
import type { VersionRecord } from '../versions/version-record.js';

/** What one has and the other has not, or has otherwise. */
export interface Change<T> {
  readonly name: string;
  readonly before?: T;
  readonly after?: T;
}

export interface VersionDiff {
  readonly versions: readonly [number, number];
  /** md5 of the models as they were trained. */
  readonly model: readonly [string, string];
  readonly code?: Change<string>;
  readonly stage?: Change<string>;
  readonly data: readonly Change<string>[];
  readonly params: readonly Change<unknown>[];
  readonly metrics: readonly (Change<number> & { readonly difference?: number })[];
}

/** From one version to another: what is the same in both is left out. */
export function diffVersions(before: VersionRecord, after: VersionRecord): VersionDiff {
  const [a, b] = [before.lineage ?? NOTHING, after.lineage ?? NOTHING];
  const code = changes({ commit: codeOf(a) }, { commit: codeOf(b) })[0];
  const stage = changes({ command: a.stage?.command }, { command: b.stage?.command })[0];
  return {
    versions: [before.version, after.version],
    model: [before.source.md5, after.source.md5],
    ...(code ? { code } : {}),
    ...(stage ? { stage } : {}),
    data: changes(a.data, b.data),
    params: changes(a.params, b.params),
    metrics: changes(a.metrics, b.metrics).map((change) =>
      change.before === undefined || change.after === undefined
        ? change
        : { ...change, difference: change.after - change.before },
    ),
  };
}

const NOTHING: Lineage = { data: {}, params: {}, metrics: {} };

const codeOf = ({ code }: Lineage): string | undefined =>
  code && `${code.commit}${code.changed ? ' with changes' : ''}`;

type Values<T> = Readonly<Record<string, T | undefined>>;

function changes<T>(before: Values<T>, after: Values<T>): Change<T>[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({
      name,
      ...(before[name] === undefined ? {} : { before: before[name] }),
      ...(after[name] === undefined ? {} : { after: after[name] }),
    }));
}
