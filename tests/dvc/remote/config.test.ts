import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  addRemote,
  modifyRemote,
  openProject,
  openRemote,
  readRemotes,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type Project,
} from '../../../dvc/index.js';
import { makeProject } from '../../rig/project.js';

const projectWith = (config: string, local?: string): Promise<Project> =>
  openProject(
    makeProject({ '.dvc/config': config, ...(local !== undefined && { '.dvc/config.local': local }) }),
  );

const text = ({ root }: Project, name = 'config') => readFileSync(join(root, '.dvc', name), 'utf8');

describe('the configuration of remotes', () => {
  it('is merged over the levels, paths counting from their file', async () => {
    const project = await projectWith(
      '[core]\nremote = Main\n[\'remote "Main"\']\nurl = ../../store\njobs = 2\n',
      '[\'remote "main"\']\njobs = 5\n',
    );
    const { name, url, jobs } = await openRemote(project);
    expect({ name, url, jobs }).toEqual({ name: 'main', url: join(project.root, '../store'), jobs: 5 });
  });

  it('may stand on another remote', async () => {
    const project = await projectWith(
      '[\'remote "base"\']\nurl = s3://bucket/base/\nregion = eu-west-1\n' +
        '[\'remote "images"\']\nurl = remote://base/tmp/images\n',
    );
    expect(await openRemote(project, 'images')).toMatchObject({
      name: 'images',
      url: 's3://bucket/base/tmp/images',
    });
    expect((await openRemote(project, 'images')).store.name).toBe('s3://bucket/base/tmp/images');
  });

  it.each([
    ['no remote', '', undefined, 'no-remote'],
    ['no such remote', '[\'remote "a"\']\nurl = x\n', 'b', 'remote-unknown'],
    [
      'a circle',
      '[\'remote "a"\']\nurl = remote://b\n[\'remote "b"\']\nurl = remote://a\n',
      'a',
      'bad-config',
    ],
    ['no url', '[\'remote "a"\']\njobs = 3\n', 'a', 'bad-config'],
    ['no bucket', '[\'remote "a"\']\nurl = s3://\n', 'a', 'bad-config'],
    ['an option that S3 does not have', '[\'remote "a"\']\nurl = s3://b\nregoin = x\n', 'a', 'bad-config'],
    ['no boolean', '[\'remote "a"\']\nurl = s3://b\nuse_ssl = maybe\n', 'a', 'bad-config'],
    ['versions in the cloud', '[\'remote "a"\']\nurl = s3://b\nversion_aware = true\n', 'a', 'bad-config'],
    ['jobs that are none', '[\'remote "a"\']\nurl = x\njobs = many\n', 'a', 'bad-config'],
    ['a url with a comma', '[\'remote "a"\']\nurl = x, y\n', 'a', 'bad-config'],
    [
      'certificates that are not there',
      '[\'remote "a"\']\nurl = s3://b\nssl_verify = /no/ca.pem\n',
      'a',
      'bad-config',
    ],
    ...['gs', 'azure', 'ssh', 'http', 'https', 'gdrive', 'webdav', 'oss', 'hdfs'].map(
      (kind) => [kind, `['remote "a"']\nurl = ${kind}://host/path\n`, 'a', 'remote-unsupported'] as const,
    ),
  ] as const)('refuses: %s', async (_, config, name, code) => {
    const opened = projectWith(config).then((project) => openRemote(project, name));
    await expect(opened).rejects.toMatchObject({
      code,
      fix: expect.any(String) as string,
    });
  });

  it('can be mended by who passes over a setting that DVC does not know', async () => {
    const root = makeProject({ '.dvc/config': '[\'remote "a"\']\nurl = s3://b\nregoin = x\n' });
    await expect(openProject(root)).rejects.toMatchObject({
      code: 'bad-config',
      message: expect.stringContaining('regoin') as string,
      at: { file: '.dvc/config', line: 3, column: 1 },
      fix: 'did you mean region?',
    });
    const project = await openProject(root, { passUnknown: true });
    await modifyRemote(project, 'a', 'regoin', undefined, { cwd: root });
    expect(await openProject(root)).toMatchObject({ root });
  });

  it('shows no secret in an error', async () => {
    const project = await projectWith(
      '[\'remote "a"\']\nurl = s3://b\nconnect_timeout = soon\n',
      '[\'remote "a"\']\nsecret_access_key = hunter2\n',
    );
    const error: unknown = await openRemote(project, 'a').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad-config' });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
  });

  it('keeps comments and what it does not know when it is changed', async () => {
    const config =
      '# ours\n[core]\n    analytics = false  # no\n\n# storage\n[\'remote "a"\']\n    url = s3://b  # here\n';
    const project = await projectWith(config);
    await modifyRemote(project, 'a', 'region', 'eu-west-1', { cwd: project.root });
    await setDefaultRemote(project, 'a', { cwd: project.root });
    expect(text(project)).toBe(
      '# ours\n[core]\n    analytics = false  # no\n    remote = a\n\n# storage\n' +
        '[\'remote "a"\']\n    url = s3://b  # here\n    region = eu-west-1\n',
    );
  });

  it('is left alone when the change would not do', async () => {
    const project = await projectWith('[\'remote "a"\']\nurl = s3://b\n');
    const before = text(project);
    const at = { cwd: project.root };
    await expect(modifyRemote(project, 'a', 'nonsense', 'x', at)).rejects.toMatchObject({
      code: 'bad-config',
    });
    await expect(modifyRemote(project, 'b', 'region', 'x', at)).rejects.toMatchObject({
      code: 'remote-unknown',
    });
    await expect(addRemote(project, 'A', 's3://c', at)).rejects.toMatchObject({ code: 'remote-exists' });
    await expect(addRemote(project, 'x"y', 's3://c', at)).rejects.toMatchObject({ code: 'bad-config' });
    await expect(setDefaultRemote(project, 'b', at)).rejects.toMatchObject({ code: 'remote-unknown' });
    await expect(removeRemote(project, 'b', at)).rejects.toMatchObject({ code: 'remote-unknown' });
    await expect(removeRemote(project, 'a', { ...at, level: 'local' })).rejects.toMatchObject({
      fix: /--local/,
    });
    await expect(renameRemote(project, 'a', 'a', at)).rejects.toMatchObject({ code: 'remote-exists' });
    expect(text(project)).toBe(before);
    expect(existsSync(join(project.root, '.dvc/config.local'))).toBe(false);
  });

  it('has secrets in a file for this user alone, which go when the remote does', async () => {
    const project = await projectWith('[\'remote "a"\']\nurl = s3://b\n');
    const at = { cwd: project.root };
    await modifyRemote(project, 'a', 'secret_access_key', 'x', { ...at, level: 'local' });
    expect(statSync(join(project.root, '.dvc/config.local')).mode & 0o777).toBe(0o600);
    await renameRemote(project, 'a', 'c', at);
    expect(text(project, 'config.local')).toContain('[\'remote "c"\']');
    await removeRemote(project, 'c', at);
    expect(text(project, 'config.local')).toBe('');
    expect(readRemotes(project.root).byName.size).toBe(0);
  });
});
