import { DiagnosticError } from '../../diagnostics/index.js';
import { openProject } from '../../dvc/index.js';
import {
  listVersions,
  readProduction,
  rollBack,
  type ModelVersion,
  type ProductionRecord,
  type Rollback,
} from '../../promotion/index.js';
import { localSettings } from '../retrain/local-settings.js';
import { say } from '../retrain/say.js';

/** @throws DiagnosticError `bad-version`, `bad-production` */
export async function listModels(cwd: string, json: boolean): Promise<void> {
  const { versions, production } = await promoted(cwd);
  if (json) {
    for (const version of versions) say(true, { event: 'model', ...version }, []);
    return;
  }
  const lines = versions.map(({ version, model, inProduction }) =>
    [`v${version}`.padEnd(6), model.md5.slice(0, 12), model.path, inProduction ? '  in production' : '']
      .join(' ')
      .trimEnd(),
  );
  const none = 'no model was promoted yet: `reprise retrain` does it, when a model is good enough';
  say(false, {}, lines.length > 0 || production ? lines : [none]);
}

/** @throws DiagnosticError `no-such-version`, `bad-version`, `bad-production` */
export async function showModel(cwd: string, wanted: number | undefined, json: boolean): Promise<void> {
  const { versions, production } = await promoted(cwd);
  const number = wanted ?? production?.version;
  const found = versions.find(({ version }) => version === number);
  if (!found)
    throw new DiagnosticError('no-such-version', {
      message: number === undefined ? 'no model is in production' : `there is no v${number}`,
      fix: 'look at `reprise model list`',
    });
  const record = found.inProduction ? production : undefined;
  say(
    json,
    { event: 'model', ...found, ...(record ? { production: record } : {}) },
    described(found, record),
  );
}

/** @throws DiagnosticError those of `rollBack` */
export async function rollBackModel(cwd: string, options: Rollback, json: boolean): Promise<void> {
  const project = await openProject(cwd);
  const { final } = localSettings(project.root);
  const record = await rollBack(project, final, options);
  say(json, { event: 'rollback', version: record.version, previous: record['previous'] }, [
    `v${record.version} is in production again (before: v${String(record['previous'])}); commit ${final}/production.json`,
  ]);
}

async function promoted(
  cwd: string,
): Promise<{ versions: readonly ModelVersion[]; production: ProductionRecord | undefined }> {
  const { root } = await openProject(cwd);
  const { final } = localSettings(root);
  return { versions: await listVersions(root, final), production: await readProduction(root, final) };
}

function described(
  { version, model, predictions }: ModelVersion,
  record: ProductionRecord | undefined,
): string[] {
  const size = model.size === undefined ? '' : `, ${model.size} bytes`;
  const lines = [
    `v${version}${record ? ', in production' : ''}`,
    `model: ${model.path} (${model.md5}${size})`,
    ...(predictions ? [`answers: ${predictions.path}`] : []),
  ];
  if (!record) return lines;
  const { at, by, reason, run } = record.promoted;
  return [
    ...lines,
    `promoted: ${at} by ${by}: ${reason}`,
    `run: ${run}`,
    ...(record['judgement'] === undefined ? [] : [`judgement: ${JSON.stringify(record['judgement'])}`]),
  ];
}
