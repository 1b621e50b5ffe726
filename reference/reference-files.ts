import { format, resolveConfig } from 'prettier';
import { join } from 'node:path';
import { apiPage } from './pages/api-page.js';
import { configurationPage } from './pages/configuration-page.js';
import { errorsPage } from './pages/errors-page.js';
import { editorSchemas } from './schemas/editor-schemas.js';
import { readSources } from './sources.js';

/**
 * Everything that is written down from the code: path in the checkout → content.
 *
 * @param root the checkout
 */
export async function referenceFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const sources = readSources(root);
  const files = new Map<string, string>();
  for (const [name, schema] of Object.entries(editorSchemas(sources)))
    files.set(`configs/schemas/${name}`, JSON.stringify(schema));
  files.set('docs/configuration.md', configurationPage(sources));
  files.set('docs/api.md', apiPage(root));
  files.set('docs/errors.md', errorsPage(root));
  for (const [path, text] of files) {
    const filepath = join(root, path);
    files.set(path, await format(text, { ...(await resolveConfig(filepath)), filepath }));
  }
  return files;
}
