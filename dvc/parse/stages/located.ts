import { DiagnosticError, type YamlPath } from '../../../diagnostics/index.js';
import { TemplateError } from '../templating/template-error.js';
import type { YamlFile } from '../yaml/yaml-file.js';

/** Runs `resolve`; a template that fails in it is reported at its place inside the value at `path`. */
export function located<T>(file: YamlFile, path: YamlPath, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new DiagnosticError(error.code, {
      message: `${error.message}, in ${path.join('.')}`,
      at: error.culprit === undefined ? file.locate(path) : file.locateText(path, error.culprit),
      fix: error.fix,
    });
  }
}
