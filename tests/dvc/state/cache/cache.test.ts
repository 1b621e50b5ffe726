import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  addToCache,
  checkoutOutputs,
  hasObject,
  hashPath,
  missingObjects,
  objectPath,
} from '../../../../dvc/state/index.js';
import type { LinkType, LockedFile, Project, ProjectConfig, Stage } from '../../../../dvc/types.js';
import { makeProject, snapshot, stagesOf, write } from '../rig.js';

const sample = { stages: { s: { cmd: 'x', outs: ['out'] } }, files: { 'out/a': 'one', 'out/sub/b': 'two' } };

async function cachedFolder(config: Partial<ProjectConfig> = {}) {
  const project = makeProject({ ...sample, config });
  const [stage] = stagesOf(project, sample) as [Stage];
  const hashed = await hashPath(project, join(project.root, 'out'));
  if (hashed?.kind !== 'folder') throw new Error('not a folder');
  await addToCache(project.config, hashed);
  const record: LockedFile = {
    path: 'out',
    hash: 'md5',
    md5: hashed.md5,
    size: hashed.size,
    nfiles: hashed.nfiles,
  };
  return { project, stage, hashed, entry: { cmd: 'x', outs: [record] } };
}

const workspace = ({ root }: Project) => snapshot(join(root, 'out'));

describe('the cache', () => {
  it('holds objects that are write-protected, and nothing half-written', async () => {
    const { project, hashed } = await cachedFolder();
    const files = snapshot(project.config.cacheDir, false);
    expect(Object.values(files)).toEqual(['444', '444', '444']);
    expect(readFileSync(objectPath(project.config, hashed.md5), 'utf8')).toBe(hashed.tree.bytes);
    expect(
      readdirSync(project.config.cacheDir, { recursive: true }).filter((name) =>
        String(name).endsWith('.tmp'),
      ),
    ).toEqual([]);
  });

  it('trusts a protected object, and hashes any other: right ones are protected, wrong ones removed', async () => {
    const { project, hashed } = await cachedFolder();
    const { md5 } = hashed.files[0] as (typeof hashed.files)[0];
    const object = objectPath(project.config, md5);
    chmodSync(object, 0o644);
    expect(await hasObject(project.config, md5)).toBe(true);
    expect(statSync(object).mode & 0o777).toBe(0o444);
    chmodSync(object, 0o644);
    writeFileSync(object, 'torn');
    expect(await missingObjects(project.config, hashed.md5)).toEqual([md5]);
    expect(existsSync(object)).toBe(false);
  });

  it('refuses a file that changed since it was hashed', async () => {
    const { project } = await cachedFolder();
    const path = write(project.root, 'late', 'first');
    const hashed = await hashPath(project, path);
    writeFileSync(path, 'other');
    if (!hashed) throw new Error('not hashed');
    await expect(addToCache(project.config, hashed)).rejects.toMatchObject({
      code: 'file-changing',
      at: { file: path },
    });
    expect(await hasObject(project.config, hashed.md5)).toBe(false);
    expect(
      readdirSync(project.config.cacheDir, { recursive: true }).filter((name) =>
        String(name).endsWith('.tmp'),
      ),
    ).toEqual([]);
  });
});

describe('checkoutOutputs', () => {
  it('brings back what is gone, changed, or of another kind, and removes what is too many', async () => {
    const { project, stage, entry } = await cachedFolder();
    const wanted = workspace(project);
    const damages: (() => void)[] = [
      () => rmSync(join(project.root, 'out'), { recursive: true }),
      () => write(project.root, 'out/a', 'changed'),
      () => write(project.root, 'out/more/c', 'x'),
      () => (rmSync(join(project.root, 'out'), { recursive: true }), write(project.root, 'out', 'a file')),
      () => (
        rmSync(join(project.root, 'out/a')),
        mkdirSync(join(project.root, 'out/a/b'), { recursive: true })
      ),
      () => (
        rmSync(join(project.root, 'out/sub'), { recursive: true }),
        write(project.root, 'out/sub', 'a file')
      ),
    ];
    for (const damage of damages) {
      damage();
      await checkoutOutputs(project, stage, entry);
      expect(workspace(project)).toEqual(wanted);
    }
  });

  it('does not follow a link that leads out of the project', async () => {
    const { project, stage, entry } = await cachedFolder();
    const outside = join(project.root, '..', 'outside');
    mkdirSync(outside);
    rmSync(join(project.root, 'out/sub'), { recursive: true });
    symlinkSync(outside, join(project.root, 'out/sub'));
    await checkoutOutputs(project, stage, entry);
    expect(readdirSync(outside)).toEqual([]);
    expect(lstatSync(join(project.root, 'out/sub')).isDirectory()).toBe(true);
  });

  it('touches nothing when the cache lacks a part, and says which out', async () => {
    const { project, stage, hashed, entry } = await cachedFolder();
    rmSync(objectPath(project.config, (hashed.files[1] as (typeof hashed.files)[0]).md5), { force: true });
    write(project.root, 'out/a', 'the only copy of my work');
    const before = workspace(project);
    await expect(checkoutOutputs(project, stage, entry)).rejects.toMatchObject({
      code: 'cache-missing',
      at: { file: 'dvc.yaml' },
    });
    expect(workspace(project)).toEqual(before);
  });

  it('takes a directory object that is damaged for missing', async () => {
    const { project, stage, hashed, entry } = await cachedFolder();
    const object = objectPath(project.config, hashed.md5);
    chmodSync(object, 0o644);
    writeFileSync(object, '[{"md5": "');
    chmodSync(object, 0o444);
    rmSync(join(project.root, 'out'), { recursive: true });
    await expect(checkoutOutputs(project, stage, entry)).rejects.toMatchObject({ code: 'cache-missing' });
  });

  it.each([
    ['hardlink', false, true],
    ['symlink', true, false],
    ['copy', false, false],
  ] as [LinkType, boolean, boolean][])('links by %s', async (type, isSymlink, isShared) => {
    const { project, stage, entry } = await cachedFolder({ cacheTypes: [type] });
    rmSync(join(project.root, 'out'), { recursive: true });
    await checkoutOutputs(project, stage, entry);
    const info = lstatSync(join(project.root, 'out/sub/b'));
    expect([info.isSymbolicLink(), info.nlink > 1]).toEqual([isSymlink, isShared]);
    expect(readFileSync(join(project.root, 'out/sub/b'), 'utf8')).toBe('two');
  });
});
