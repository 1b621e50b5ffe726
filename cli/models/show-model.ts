import { readProduction, type ModelVersion, type ProductionRecord } from '../../promotion/index.js';
import { announcementSetting } from '../../promotion/index.js';
import { openState } from '../../runner/index.js';
import { findModelRun } from '../../tracking/index.js';
import { say } from '../retrain/say.js';
import { lookInto } from './look-into.js';
import { versionOf, type OpenRegistry } from './open-registry.js';
import type { ModelRevision } from './revision-registry.js';

/** The run that made a model, where MLflow has it. */
interface MadeBy {
  readonly id: string;
  readonly uri: string;
}

/** @throws DiagnosticError `no-such-version`, `bad-version`, `bad-production`, and those of `lookInto` */
export async function showModel(
  cwd: string,
  wanted: number | undefined,
  json: boolean,
  revision?: ModelRevision,
): Promise<void> {
  const { found, promoted, run } = await lookInto(cwd, revision, async (open) => {
    const production = await readProduction(open.project.root, open.settings.final);
    const version = await versionOf(open, wanted ?? production?.version, 'no model is in production');
    return {
      found: version,
      promoted: version.inProduction ? production : undefined,
      run: await runOf(open, version),
    };
  });
  const { record, ...version } = found;
  say(
    json,
    {
      event: 'model',
      ...version,
      ...(record ? { source: record.source, registered: record.registered, lineage: record.lineage } : {}),
      ...(run ? { run } : {}),
      ...(promoted ? { production: promoted } : {}),
    },
    described(found, promoted, run),
  );
}

async function runOf(
  { project, base, registry }: OpenRegistry,
  { record, model }: ModelVersion,
): Promise<MadeBy | undefined> {
  const setting = await announcementSetting(project.root, base, registry, openState);
  if (!setting) return undefined;
  const { target, experiment } = setting;
  const id = await findModelRun(target, experiment, (record?.source ?? model).md5);
  return id === undefined ? undefined : { id, uri: target.uri };
}

function described(
  { version, model, predictions, isCandidate, record }: ModelVersion,
  promoted: ProductionRecord | undefined,
  run: MadeBy | undefined,
): string[] {
  const size = model.size === undefined ? '' : `, ${model.size} bytes`;
  const { code, stage, data = {}, params = {}, metrics = {} } = record?.lineage ?? {};
  return [
    `v${version}${promoted ? ', in production' : isCandidate ? ', candidate' : ''}`,
    `model: ${model.path} (${model.md5}${size})`,
    ...(record ? [`trained: ${record.source.path} (${record.source.md5})`] : []),
    ...(predictions ? [`answers: ${predictions.path}`] : []),
    ...(record ? [`registered: ${by(record.registered)}`] : []),
    ...(promoted ? [`promoted: ${by(promoted.promoted)}`, `workflow: ${promoted.promoted.run}`] : []),
    ...(run ? [`run: ${run.id} of ${run.uri}`] : []),
    ...(code ? [`code: ${code.commit}${code.changed ? ', with changes that are not committed' : ''}`] : []),
    ...(stage ? [`stage: ${stage.name}`] : []),
    ...Object.entries(data).map(([path, md5]) => `data: ${path} (${md5})`),
    ...Object.entries(params).map(([name, value]) => `param: ${name} = ${JSON.stringify(value)}`),
    ...Object.entries(metrics).map(([name, value]) => `metric: ${name} = ${value}`),
    ...(promoted?.['judgement'] === undefined ? [] : [`judgement: ${JSON.stringify(promoted['judgement'])}`]),
  ];
}

const by = ({ at, by: who, reason }: ProductionRecord['promoted']): string => `${at} by ${who}: ${reason}`;
