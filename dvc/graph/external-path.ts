import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import type { Stage } from '../types.js';

export function externalPath(url: string, at: Location): DiagnosticError {
  return new DiagnosticError('external-path', {
    message: `${url} is on a remote: stages can only use files of the local file system`,
    at,
    fix: 'get it with a stage of its own, or with dvc import-url, and use the copy',
  });
}

/** Others of the project can be run. @throws DiagnosticError `external-path` */
export function refuseExternal(stages: readonly Stage[]): void {
  for (const { deps, frozen } of stages)
    for (const { path, at, isRemote } of frozen ? [] : deps) if (isRemote) throw externalPath(path, at);
}
