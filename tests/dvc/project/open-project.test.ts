import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProject } from '../../../dvc/index.js';

describe('openProject', () => {
  let folder: string;
  const before = { ...process.env };

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'reprise-open-')));
    await mkdir(join(folder, 'project/.dvc'), { recursive: true });
    await mkdir(join(folder, 'project/a/b'), { recursive: true });
    process.env.DVC_SYSTEM_CONFIG_DIR = join(folder, 'system');
    process.env.DVC_GLOBAL_CONFIG_DIR = join(folder, 'user');
  });

  afterEach(async () => {
    process.env = { ...before };
    await rm(folder, { recursive: true });
  });

  const configure = async (place: string, text: string) => {
    await mkdir(join(folder, place, '..'), { recursive: true });
    await writeFile(join(folder, place), text);
  };

  it('finds the project from a folder inside it, also through a link', async () => {
    await symlink(join(folder, 'project/a'), join(folder, 'link'));
    for (const cwd of ['project', 'project/a/b', 'link/b'])
      expect((await openProject(join(folder, cwd))).root).toBe(join(folder, 'project'));
  });

  it('has defaults', async () => {
    expect((await openProject(join(folder, 'project'))).config).toEqual({
      cacheDir: join(folder, 'project/.dvc/cache'),
      cacheTypes: ['reflink', 'copy'],
      sharedGroup: false,
      parsingBool: 'store_true',
      parsingList: 'nargs',
      autostage: false,
      noScm: false,
    });
  });

  it('takes local before project before user before system', async () => {
    await configure(
      'system/config',
      '[cache]\ntype = copy\nshared = group\n[parsing]\nbool = boolean_optional\nlist = append\n',
    );
    await configure('user/config', '[cache]\ntype = symlink\ndir = mine\n[parsing]\nlist = nargs\n');
    await configure('project/.dvc/config', '[cache]\ntype = hardlink\n');
    await configure('project/.dvc/config.local', '[core]\nautostage = true\n');
    expect((await openProject(join(folder, 'project'))).config).toMatchObject({
      cacheDir: join(folder, 'user/mine'),
      cacheTypes: ['hardlink'],
      sharedGroup: true,
      parsingBool: 'boolean_optional',
      parsingList: 'nargs',
      autostage: true,
    });
  });

  it.each(['', 'none'])('there is no project in "%s"', async (cwd) => {
    await expect(openProject(join(folder, cwd))).rejects.toMatchObject({
      code: 'no-dvc-project',
      fix: expect.stringMatching(/dvc/i) as string,
    });
  });

  it('says where the configuration is wrong', async () => {
    await configure('project/.dvc/config', '[core]\n  nonsense\n');
    await expect(openProject(join(folder, 'project'))).rejects.toMatchObject({
      code: 'bad-config',
      at: { file: '.dvc/config', line: 2, column: 3 },
    });
  });
});
