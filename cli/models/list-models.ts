import { listVersions, type ModelVersion } from '../../promotion/index.js';
import { say } from '../retrain/say.js';
import { lookInto } from './look-into.js';
import type { ModelRevision } from './revision-registry.js';

/** @throws DiagnosticError `bad-version`, `bad-production`, and those of `lookInto` */
export async function listModels(cwd: string, json: boolean, revision?: ModelRevision): Promise<void> {
  const versions = await lookInto(cwd, revision, ({ project, settings }) =>
    listVersions(project.root, settings.final),
  );
  if (json) {
    for (const { record, ...version } of versions)
      say(true, { event: 'model', ...version, registered: record?.registered }, []);
    return;
  }
  const none =
    'no model was registered yet: `reprise model register` does it, and `reprise retrain`, when a model is good enough';
  say(false, {}, versions.length > 0 ? versions.map(line) : [none]);
}

function line({ version, model, inProduction, isCandidate, record }: ModelVersion): string {
  const stands = inProduction ? 'production' : isCandidate ? 'candidate' : '';
  const when = record?.registered.at.slice(0, 10) ?? '';
  return [
    `v${version}`.padEnd(6),
    stands.padEnd(10),
    when.padEnd(10),
    model.md5.slice(0, 12),
    model.path,
  ].join(' ');
}
