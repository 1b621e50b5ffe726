/** Data that a project imports from elsewhere: what its source is now, and how it comes. */
export { readImport, sameState, type Import, type RepositoryImport, type UrlImport } from './read-import.js';
export type { UrlSource } from './source.js';
export { openUrl } from './url-source.js';
