import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { kustomization, manifestsOf, secretName, type Served } from './manifests.js';

/** Writes the manifests, a file for each object, and the kustomization that names them. Other files stay. */
export async function writeManifests(output: string, served: Served): Promise<readonly string[]> {
  const manifests = manifestsOf(served);
  const files = Object.keys(manifests);
  const all = { 'kustomization.yaml': kustomization(files), ...manifests };
  const { name } = served;
  const about: Readonly<Record<string, string>> = {
    'kustomization.yaml': `The keys of those who may ask:\n  kubectl create secret generic ${secretName(name)} --from-literal=keys=KEY,ANOTHER`,
  };
  await mkdir(output, { recursive: true });
  for (const [file, manifest] of Object.entries(all)) {
    const comment = (about[file] ?? '').replace(/^(?=.)/gm, '# ');
    await writeFile(
      join(output, file),
      `${comment === '' ? '' : `${comment}\n`}${stringify(manifest, { aliasDuplicateObjects: false })}`,
    );
  }
  return Object.keys(all);
}
