import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { formatLockEntry, loadPipeline, openProject } from '../../../dvc/index.js';
import { openS3Store } from '../../../storage/index.js';
import { commitEntries, updateImport } from '../../../workspaces/index.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-import-')));
const write = (root: string, files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
};

describeWithS3('an import is updated as dvc update does it', () => {
  let s3: S3Server;
  let bucket: string;
  let web: Server;
  let served: Readonly<Record<string, { readonly text: string; readonly etag?: string }>> = {};
  const outside = temporary();
  const other = temporary();

  // Not synchronous: the web server answers in this process.
  const run = async (command: string, args: readonly string[], cwd: string): Promise<string> => {
    const env = {
      ...process.env,
      ...s3.env,
      AWS_DEFAULT_REGION: 'us-east-1',
      DVC_NO_ANALYTICS: '1',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@example.com',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@example.com',
    };
    return (await promisify(execFile)(command, args, { cwd, env, timeout: 60_000 })).stdout;
  };
  const dvc = (cwd: string, ...args: string[]): Promise<string> =>
    run(process.env['REPRISE_TEST_DVC'] ?? 'dvc', args, cwd);
  const git = (cwd: string, ...args: string[]): Promise<string> => run('git', args, cwd);

  /** The world as it was when the data were imported, or later. */
  async function publish(version: string): Promise<void> {
    const more: Readonly<Record<string, string>> = version === 'new' ? { 'dir/more.txt': 'more\n' } : {};
    write(outside, { 'file.txt': `${version}\n`, 'dir/a': 'a\n', 'dir/sub/b': `${version}\n`, ...more });
    const objects: Readonly<Record<string, string>> = {
      'file.txt': `${version}\n`,
      'dir/a': 'a\n',
      'dir/sub/b': `${version} b\n`,
      ...more,
    };
    const store = await openS3Store(s3.options(bucket));
    for (const [key, text] of Object.entries(objects)) await store.put(key, Buffer.from(text));
    served = {
      '/plain.txt': { text: `${version}\n` },
      '/tagged.txt': { text: `${version}\n`, etag: `"tag-${version}"` },
    };
    write(other, {
      'plain.txt': `${version}\n`,
      'plain/a': 'a\n',
      'plain/b': `${version}\n`,
      'mixed/notes.txt': 'notes\n',
      'mixed/data.csv': `${version},1\n`,
      'data/one.csv': `${version},2\n`,
      'data/two.csv': 'two\n',
    });
    await dvc(other, 'add', '--quiet', 'mixed/data.csv', 'data');
    await git(other, 'add', '--all');
    await git(other, 'commit', '--quiet', '-m', version);
  }

  /** By the `.dvc` file that it makes. */
  const IMPORTS: Readonly<Record<string, () => readonly string[]>> = {
    'local.txt': () => ['import-url', join(outside, 'file.txt')],
    'local-folder': () => ['import-url', join(outside, 'dir')],
    'bucket.txt': () => [
      'import-url',
      `s3://${bucket}/file.txt`,
      '--fs-config',
      `endpointurl=${s3.endpoint}`,
    ],
    'bucket-folder': () => ['import-url', 'remote://source/dir'],
    'web.txt': () => ['import-url', webUrl('/plain.txt')],
    'web-tagged.txt': () => ['import-url', webUrl('/tagged.txt')],
    'git.txt': () => ['import', other, 'plain.txt'],
    'git-folder': () => ['import', other, 'plain', '--rev', 'main'],
    'dvc.csv': () => ['import', other, 'mixed/data.csv'],
    'dvc-folder': () => ['import', other, 'data'],
    'dvc-part.csv': () => ['import', other, 'data/one.csv'],
    'mixed-folder': () => ['import', other, 'mixed'],
  };
  const webUrl = (path: string): string => `http://127.0.0.1:${(web.address() as AddressInfo).port}${path}`;
  let imported: string;

  beforeAll(async () => {
    s3 = await startS3();
    bucket = s3.makeBucket();
    Object.assign(process.env, s3.env, { AWS_REGION: 'us-east-1' });
    web = createServer((request, response) => {
      const file = served[request.url ?? ''];
      if (!file) return void response.writeHead(404).end();
      response.writeHead(200, {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': file.text.length,
        'last-modified': file.text.startsWith('new')
          ? 'Tue, 02 Jan 2024 00:00:00 GMT'
          : 'Mon, 01 Jan 2024 00:00:00 GMT',
        ...(file.etag === undefined ? {} : { etag: file.etag }),
      });
      response.end(request.method === 'HEAD' ? undefined : file.text);
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    await git(other, 'init', '--quiet', '--initial-branch=main');
    await dvc(other, 'init', '--quiet');
    await publish('old');
    imported = join(temporary(), 'project');
    mkdirSync(imported);
    await git(imported, 'init', '--quiet', '--initial-branch=main');
    await dvc(imported, 'init', '--quiet');
    await dvc(imported, 'remote', 'add', 'source', `s3://${bucket}`);
    await dvc(imported, 'remote', 'modify', 'source', 'endpointurl', s3.endpoint);
  });
  afterAll(async () => {
    web?.close();
    await s3?.stop();
  });

  /** Options come last: some take whatever follows. */
  const importAs = async (name: string, [verb = '', ...args]: readonly string[]): Promise<void> => {
    const at = args.findIndex((arg) => arg.startsWith('--'));
    const places = at < 0 ? args : args.slice(0, at);
    const options = at < 0 ? [] : args.slice(at);
    const out = verb === 'import' ? ['--out', name] : [name];
    await dvc(imported, verb, '--quiet', ...places, ...out, ...options);
  };
  const copy = (): string => {
    const root = join(temporary(), 'project');
    cpSync(imported, root, { recursive: true });
    return root;
  };
  /** @returns whether anything was new */
  const update = async (root: string, name: string): Promise<boolean> => {
    const project = await openProject(root);
    const { stages } = await loadPipeline(project);
    const stage = stages.find(({ address }) => address === name);
    if (!stage) throw new Error(`there is no ${name}`);
    const entry = await updateImport(project, stage);
    if (!entry) return false;
    const entries = { [name]: formatLockEntry(entry) };
    await commitEntries(project, { dvcfile: name, entries, before: {} });
    return true;
  };

  it('finds nothing new where nothing is, and brings what is', async () => {
    for (const [name, args] of Object.entries(IMPORTS)) await importAs(name, args());
    const before = copy();
    for (const name of Object.keys(IMPORTS)) {
      const text = readFileSync(join(before, `${name}.dvc`), 'utf8');
      expect([name, await update(before, `${name}.dvc`)]).toEqual([name, false]);
      expect(readFileSync(join(before, `${name}.dvc`), 'utf8')).toBe(text);
    }

    await publish('new');
    const [theirs, ours] = [copy(), copy()];
    const files = Object.keys(IMPORTS).map((name) => `${name}.dvc`);
    await dvc(theirs, 'update', '--quiet', ...files);
    for (const file of files) {
      expect([file, await update(ours, file)]).toEqual([file, true]);
      expect(readFileSync(join(ours, file), 'utf8')).toBe(readFileSync(join(theirs, file), 'utf8'));
    }
    await run('diff', ['-r', '--exclude=.dvc', '--exclude=.git', '--exclude=.reprise', theirs, ours], ours);
    expect(JSON.parse(await dvc(ours, 'status', '--json'))).toEqual({});
    const texts = files.map((file) => readFileSync(join(ours, file), 'utf8'));
    await dvc(ours, 'update', '--quiet', ...files);
    expect(files.map((file) => readFileSync(join(ours, file), 'utf8'))).toEqual(texts);
    expect(readFileSync(join(ours, 'dvc-part.csv'), 'utf8')).toBe('new,2\n');
  });

  it('keeps what somebody has changed, and says what is no longer there', async () => {
    const root = copy();
    writeFileSync(join(root, 'local.txt'), 'mine\n');
    await expect(update(root, 'local.txt.dvc')).rejects.toMatchObject({ code: 'import-edited' });
    expect(readFileSync(join(root, 'local.txt'), 'utf8')).toBe('mine\n');
    served = {};
    await expect(update(root, 'web.txt.dvc')).rejects.toMatchObject({
      code: 'source-missing',
      message: expect.stringContaining('/plain.txt is not there'),
    });
  });
});
