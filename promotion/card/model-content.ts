import { readFile, writeFile } from 'node:fs/promises';
import {
  fetchObjects,
  fetchTree,
  hasObject,
  makeTree,
  md5OfBytes,
  objectPath,
  pushObjects,
  readTree,
  storeObject,
  type Md5,
  type Project,
  type Remote,
  type TreeEntry,
} from '../../dvc/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { ContentReference } from '../../workflows/index.js';

const CARD = 'README.md';

/** Where the bytes of models are: in the cache, or on other hosts' behalf in a remote. */
export interface ModelPlace {
  readonly project: Project;
  readonly remote?: Remote | undefined;
}

/**
 * A model's folder with its card in it: the same files, by reference, and one more. A folder that has a README.md keeps it, and
 * a model that is a file has no place for one.
 *
 * @returns the content that DVC is to track, which cache and remote have
 * @throws DiagnosticError `cache-missing`, `disk-full`, and those of the remote
 */
export async function withCard(
  { project, remote }: ModelPlace,
  model: ContentReference,
  card: string,
): Promise<ContentReference> {
  if (!isFolder(model)) return model;
  const entries = await entriesOf({ project, remote }, model);
  if (entries.some(({ relpath }) => relpath === CARD)) return model;
  const md5 = md5OfBytes(card);
  const tree = makeTree([...entries, { relpath: CARD, md5 }]);
  await store(project, md5, card);
  await store(project, tree.md5, tree.bytes);
  if (remote) {
    const { failed } = await pushObjects({ project, remote, hashes: [tree.md5] });
    if (failed[0]) throw failed[0].error;
  }
  const { size, nfiles = entries.length } = model;
  return {
    ...model,
    md5: tree.md5,
    ...(size === undefined ? {} : { size: size + Buffer.byteLength(card) }),
    nfiles: nfiles + 1,
  };
}

/** Reads single files of a model's folder. */
export async function fileReader(
  place: ModelPlace,
  model: ContentReference,
): Promise<(name: string) => Promise<string | undefined>> {
  const { project, remote } = place;
  const entries = isFolder(model) ? await entriesOf(place, model) : [];
  return async (name) => {
    const md5 = entries.find(({ relpath }) => relpath === name)?.md5;
    if (md5 === undefined) return undefined;
    if (remote && !(await hasObject(project.config, md5)))
      await fetchObjects({ project, remote, hashes: [md5] });
    return await readFile(objectPath(project.config, md5), 'utf8').catch(() => undefined);
  };
}

const isFolder = ({ md5 }: ContentReference): boolean => md5.endsWith('.dir');

async function entriesOf(
  { project, remote }: ModelPlace,
  { path, md5 }: ContentReference,
): Promise<readonly TreeEntry[]> {
  if (remote) await fetchTree(project, remote, md5 as Md5);
  const entries = await readTree(project.config, md5 as Md5);
  if (entries) return entries;
  throw new DiagnosticError('cache-missing', {
    message: `neither the cache nor a remote has ${md5}, the content of ${path}`,
    at: { file: path },
    fix: 'run the stage that makes it again (reprise repro), or fetch it from a remote that has it',
  });
}

async function store({ config }: Project, md5: Md5, bytes: string): Promise<void> {
  if (await hasObject(config, md5)) return;
  await storeObject(config, md5, 'md5', Buffer.byteLength(bytes), (temporary) =>
    writeFile(temporary, bytes, { flag: 'wx' }),
  );
}
