export { DiagnosticError, type DiagnosticDetails, type Location } from './diagnostic-error.js';
export { formatDiagnostic } from './format.js';
export { YamlDocument, readYaml, type YamlPath } from './yaml-document.js';
export { parseWith, type Locator } from './parse-with.js';
