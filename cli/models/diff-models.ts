import { diffVersions, type Change, type VersionDiff } from '../../promotion/index.js';
import { say } from '../retrain/say.js';
import { lookInto } from './look-into.js';
import { recordOf, versionOf } from './open-registry.js';
import type { ModelRevision } from './revision-registry.js';

/** @throws DiagnosticError `no-such-version`, `no-lineage`, and those of `lookInto` */
export async function diffModels(
  cwd: string,
  [before, after]: readonly [number, number],
  json: boolean,
  revision?: ModelRevision,
): Promise<void> {
  const diff = await lookInto(cwd, revision, async (open) => {
    const [a, b] = [await versionOf(open, before, ''), await versionOf(open, after, '')];
    return diffVersions(recordOf(a), recordOf(b));
  });
  say(json, { event: 'model-diff', ...diff }, lines(diff));
}

function lines({ versions, model, code, stage, data, params, metrics }: VersionDiff): string[] {
  const changed = [
    ...(code ? [`code: ${between(code, String)}`] : []),
    ...(stage ? [`command: ${between(stage, String)}`] : []),
    ...data.map((change) => `data: ${change.name}: ${between(change, String)}`),
    ...params.map((change) => `param: ${change.name}: ${between(change, JSON.stringify)}`),
    ...metrics.map((change) => {
      const { difference } = change;
      const by =
        difference === undefined ? '' : ` (${difference > 0 ? '+' : ''}${Number(difference.toPrecision(6))})`;
      return `metric: ${change.name}: ${between(change, String)}${by}`;
    }),
  ];
  const same = model[0] === model[1] ? 'the same model' : 'another model';
  return [
    `v${versions[0]} → v${versions[1]}: ${same}`,
    ...(changed.length > 0 ? changed : ['code, data, params and metrics are the same']),
  ];
}

function between<T>({ before, after }: Change<T>, text: (value: T) => string): string {
  const side = (value: T | undefined): string => (value === undefined ? 'none' : text(value));
  return `${side(before)} → ${side(after)}`;
}
