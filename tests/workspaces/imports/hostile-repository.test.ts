import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadPipeline, openProject } from '../../../dvc/index.js';
import { updateImport } from '../../../workspaces/index.js';
import { fetchCommit } from '../../../workspaces/git/fetch-commit.js';
import { startGit, type GitServer } from '../../rig/git-server.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-hostile-')));
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();
const write = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};

/** The victim's own files, a repository of somebody else that is made to reach them, and the victim's project. */
function scene() {
  const [home, theirs, ours] = [temporary(), temporary(), temporary()];
  write(home, { '.ssh/id': 'the private key\n' });
  git(theirs, 'init', '--quiet', '--initial-branch=main');
  const commit = (): string => {
    git(theirs, 'add', '--all');
    git(theirs, 'commit', '--quiet', '-m', 'data');
    return git(theirs, 'rev-parse', 'HEAD');
  };
  git(ours, 'init', '--quiet');
  write(ours, { '.dvc/config': '' });
  const bring = async (path: string): Promise<unknown> => {
    const dep = `- path: ${path}\n  repo:\n    url: ${theirs}\n    rev_lock: ${'a'.repeat(40)}\n`;
    write(ours, { 'data.dvc': `frozen: true\ndeps:\n${dep}outs:\n- path: data\n  hash: md5\n` });
    const project = await openProject(ours);
    const [stage] = (await loadPipeline(project)).stages;
    if (!stage) throw new Error('data.dvc is no stage');
    return await updateImport(project, stage).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  return { home, theirs, ours, commit, bring };
}

describe('a repository that data is imported from', () => {
  it.each([
    ['is a link to a folder', (home: string, at: string) => symlinkSync(join(home, '.ssh'), at), 'data'],
    ['is below a link', (home: string, at: string) => symlinkSync(home, at), 'data/.ssh'],
    [
      'has a link to a file in it',
      (home: string, at: string) => {
        mkdirSync(at);
        writeFileSync(join(at, 'a.txt'), 'a\n');
        symlinkSync(join(home, '.ssh/id'), join(at, 'b.txt'));
      },
      'data',
    ],
  ])('brings no file of this host: what is imported %s', async (_, link, path) => {
    const { home, theirs, ours, commit, bring } = scene();
    link(home, join(theirs, 'data'));
    commit();
    expect(await bring(path)).toMatchObject({
      code: 'path-escape',
      message: expect.stringMatching(/ is a link that leads out of that repository/),
    });
    expect(existsSync(join(ours, 'data'))).toBe(false);
  });

  it('brings what a link of its own leads to', async () => {
    const { theirs, ours, commit, bring } = scene();
    write(theirs, { 'real/a.txt': 'a\n' });
    symlinkSync('real', join(theirs, 'data'));
    commit();
    expect(await bring('data')).toBeUndefined();
    expect(readFileSync(join(ours, 'data/a.txt'), 'utf8')).toBe('a\n');
  });

  it('writes nothing through a link', async () => {
    const { home, theirs, commit, bring } = scene();
    const key = 'ssh-ed25519 of Eve\n';
    const md5 = createHash('md5').update(key).digest('hex');
    write(theirs, {
      '.dvc/config': '[core]\n    remote = r\n[remote "r"]\n    url = ../store\n',
      [`store/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`]: key,
      'data.dvc': `outs:\n- md5: ${md5}\n  size: ${key.length}\n  hash: md5\n  path: linked/authorized_keys\n`,
    });
    symlinkSync(join(home, '.ssh'), join(theirs, 'linked'));
    commit();
    expect(await bring('linked')).toMatchObject({ code: 'path-escape' });
    expect(readdirSync(join(home, '.ssh'))).toEqual(['id']);
  });
});

describe('a checkout of what comes from elsewhere', () => {
  let server: GitServer;
  beforeAll(async () => {
    server = await startGit();
  });
  afterAll(() => server?.stop());

  it('has no submodule out of a folder of this host', async () => {
    const secret = temporary();
    git(secret, 'init', '--quiet', '--initial-branch=main');
    write(secret, { 'plans.txt': 'secret\n' });
    git(secret, 'add', '--all');
    git(secret, 'commit', '--quiet', '-m', 'plans');
    const repository = server.makeRepository('evil', { 'dvc.yaml': 'stages: {}\n' });
    git(repository.clone, '-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', secret, 'sub');
    const commit = repository.commit({ 'more.txt': 'more\n' });
    const folder = join(temporary(), 'checkout');
    await expect(fetchCommit(repository.url, commit, folder)).rejects.toMatchObject({
      code: 'git-failed',
      message: expect.stringContaining("transport 'file' not allowed"),
    });
    expect(existsSync(folder)).toBe(false);
  });
});
