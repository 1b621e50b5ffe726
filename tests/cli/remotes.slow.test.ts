import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  mkdtempSync,
  realpathSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow } from '../dvc/remote/rig.js';
import { describeWithDvc, dvc as realDvc } from '../dvc/state/real-dvc.js';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { describeWithS3, startS3, type S3Server } from '../rig/s3.js';
import { until } from '../rig/servers.js';

const PIPELINE = {
  'in.txt': 'some input\n',
  'params.yaml': 'lr: 0.1\n',
  'dvc.yaml': `stages:
  make:
    cmd: mkdir -p model/deep && cp in.txt model/weights && echo é > 'model/deep/ñ file' && echo '{"loss":1}' > metrics.json
    deps: [in.txt]
    params: [lr]
    outs: [model]
    metrics:
    - metrics.json:
        cache: false
  use:
    cmd: cp model/weights result.txt && touch empty.txt
    deps: [model]
    outs: [result.txt, empty.txt]
`,
};

/** Credentials come from the environment, as with any AWS tool. */
let env: Readonly<Record<string, string>> = {};

async function dvc(args: readonly string[], cwd: string): Promise<string> {
  const end = await realDvc(args, cwd);
  if (end.code !== 0) throw new Error(`dvc ${args.join(' ')}: ${end.stdout}${end.stderr}`);
  return end.stdout;
}

async function ours(args: readonly string[], cwd: string): Promise<string> {
  const end = await reprise(args, cwd, env);
  if (end.code !== 0) throw new Error(`reprise ${args.join(' ')}: ${end.stdout}${end.stderr}`);
  return end.stdout;
}

/** A git and DVC project that has run once, with `data.csv` added. */
let prepared: string;

async function prepare(): Promise<void> {
  prepared = join(realpathSync(mkdtempSync(join(tmpdir(), 'reprise-remotes-'))), 'project');
  writeFiles(prepared, { ...PIPELINE, 'data.csv': 'a,b\n1,2\n' });
  git(['init', '-q'], prepared);
  await dvc(['init'], prepared);
  await dvc(['add', 'data.csv'], prepared);
  await dvc(['repro'], prepared);
}

/** A copy of it with a remote, committed. */
async function makeRepository(url: string, endpoint?: string): Promise<string> {
  const project = join(realpathSync(mkdtempSync(join(tmpdir(), 'reprise-remotes-'))), 'project');
  cpSync(prepared, project, { recursive: true });
  await ours(['remote', 'add', '-d', 'storage', url], project);
  if (endpoint) await ours(['remote', 'modify', 'storage', 'endpointurl', endpoint], project);
  git(['add', '-A'], project);
  git(['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'all'], project);
  return project;
}

function git(args: readonly string[], cwd: string): void {
  execFileSync('git', [...args], { cwd, stdio: 'ignore' });
}

function clone(project: string): string {
  const target = `${project}-clone-${Math.random().toString(36).slice(2)}`;
  git(['clone', '-q', project, target], '/');
  return target;
}

const RESULTS = ['data.csv', 'model/weights', 'model/deep/ñ file', 'result.txt', 'empty.txt'];

function expectSameResults(project: string, other: string): void {
  for (const path of RESULTS)
    expect([path, readFileSync(join(other, path), 'utf8')]).toEqual([
      path,
      readFileSync(join(project, path), 'utf8'),
    ]);
}

interface Place {
  readonly url: string;
  readonly endpoint?: string;
  /** Where its objects are files. */
  readonly folder: string;
}

function describeAgreement(name: string, open: () => Place): void {
  describe(name, () => {
    it('dvc pulls what reprise has pushed, and finds nothing to push', async () => {
      const { url, endpoint } = open();
      const project = await makeRepository(url, endpoint);
      expect(await ours(['push'], project)).toMatch(/^5 objects pushed/);
      expect(await dvc(['push'], project)).toContain('Everything is up to date.');
      expect(await dvc(['status', '-c'], project)).toContain('are in sync');
      const other = clone(project);
      await dvc(['pull'], other);
      expectSameResults(project, other);
      expect(await dvc(['status'], other)).toContain('up to date');
      expect(await dvc(['status', '-c'], other)).toContain('are in sync');
    });

    it('reprise pulls what dvc has pushed, and finds nothing to push', async () => {
      const { url, endpoint } = open();
      const project = await makeRepository(url, endpoint);
      await dvc(['push'], project);
      expect(await ours(['push'], project)).toContain('everything is up to date');
      const other = clone(project);
      const [last] = (await ours(['pull', '--json'], other)).trim().split('\n').slice(-1);
      expect(JSON.parse(last ?? '')).toMatchObject({
        transferred: 5,
        changed: expect.arrayContaining(['data.csv', 'model', 'result.txt', 'empty.txt']) as string[],
        failed: [],
      });
      expectSameResults(project, other);
      expect(await dvc(['status'], other)).toContain('up to date');
      expect(await dvc(['repro'], other)).not.toContain('Running stage');
    });

    it('lays out objects and runs as dvc does, to the byte', async () => {
      const [theirs, mine] = [open(), open()];
      const project = await makeRepository(theirs.url, theirs.endpoint);
      await dvc(['push', '--run-cache'], project);
      await ours(['remote', 'modify', 'storage', 'url', mine.url], project);
      await ours(['push', '--run-cache'], project);
      const files = filesBelow(mine.folder);
      expect(Object.keys(files).length).toBe(7);
      expect(files).toEqual(filesBelow(theirs.folder));
    });

    it('carries the run cache both ways', async () => {
      const { url, endpoint } = open();
      const project = await makeRepository(url, endpoint);
      await ours(['push', '--run-cache'], project);
      const other = clone(project);
      rmSync(join(other, 'dvc.lock'));
      await dvc(['pull', '--run-cache', 'data.csv.dvc'], other);
      // Metrics that are not cached are restored, too, and their objects only the run speaks of.
      const third = clone(project);
      expect(await ours(['fetch', '--run-cache'], third)).toMatch(/; 2 runs fetched/);
      expect(filesBelow(join(third, '.dvc/cache/runs'))).toEqual(
        filesBelow(join(project, '.dvc/cache/runs')),
      );
      expect(filesBelow(join(other, '.dvc/cache/runs'))).toEqual(
        filesBelow(join(project, '.dvc/cache/runs')),
      );
    });
  });
}

describeWithDvc('remotes beside the real dvc', () => {
  beforeAll(prepare, 120_000);
  afterEach(endAll);

  describeAgreement('in a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-remote-'));
    return { url: folder, folder };
  });

  describeWithS3('on S3', () => {
    let server: S3Server;
    const before = { ...process.env };
    beforeAll(async () => {
      server = await startS3();
      env = server.env;
      // For dvc, which the tests start with their own environment.
      Object.assign(process.env, env);
    });
    afterAll(async () => {
      process.env = { ...before };
      await server.stop();
    });

    const place = (): Place => {
      const bucket = server.makeBucket();
      const folder = join(server.folder(bucket), 'team/store');
      return { url: `s3://${bucket}/team/store`, endpoint: server.endpoint, folder };
    };
    describeAgreement('with a prefix', place);

    it('sends nothing twice', async () => {
      const { url, endpoint } = place();
      const project = await makeRepository(url, endpoint);
      const puts = () => server.requests().filter(({ operation }) => operation === 'PutObject').length;
      const before = puts();
      await ours(['push', '--run-cache'], project);
      expect(puts() - before).toBe(7);
      await ours(['push', '--run-cache'], project);
      expect(puts() - before).toBe(7);
    });

    it('leaves no directory object without its files when it is killed, and goes on', async () => {
      const { url, endpoint, folder } = place();
      const project = await makeRepository(url, endpoint);
      const many = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`many/${n}`, `file ${n}\n`]));
      writeFiles(project, many);
      await dvc(['add', 'many'], project);
      for (const [signal, files] of [
        ['SIGINT', 20],
        ['SIGKILL', 60],
      ] as const) {
        const push = startReprise(['push', '-j', '2', 'many.dvc'], project, env);
        await until('some objects have crossed', () => Object.keys(filesBelow(folder)).length > files);
        push.child.kill(signal);
        const end = await push.ended;
        if (signal === 'SIGINT')
          expect(end).toMatchObject({
            code: 130,
            stderr: expect.stringContaining('the same command goes on') as string,
          });
      }
      const left = Object.keys(filesBelow(folder)).length;
      expect(left).toBeLessThan(401);
      expect(Object.keys(filesBelow(folder)).filter((name) => name.endsWith('.dir'))).toEqual([]);
      await ours(['push', 'many.dvc'], project);
      const other = clone(project);
      cpSync(join(project, 'many.dvc'), join(other, 'many.dvc'));
      await dvc(['pull', 'many.dvc'], other);
      expect(filesBelow(join(other, 'many'))).toEqual(filesBelow(join(project, 'many')));
    });

    it('refuses a damaged object, and brings the others', async () => {
      const { url, endpoint, folder } = place();
      const project = await makeRepository(url, endpoint);
      await ours(['push'], project);
      const [damaged] = Object.entries(filesBelow(folder)).find(([, text]) => text === 'a,b\n1,2\n') ?? [''];
      chmodSync(join(folder, damaged), 0o644);
      writeFileSync(join(folder, damaged), 'a,b\n6,6\n');
      const other = clone(project);
      const end = await reprise(['pull'], other, env);
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(/damaged/);
      expect(end.stderr).not.toMatch(/\n {4}at /);
      expect(existsSync(join(other, 'data.csv'))).toBe(false);
      expect(readFileSync(join(other, 'result.txt'), 'utf8')).toBe('some input\n');
    });

    it('replaces nothing that was changed here, unless it is forced to', async () => {
      const { url, endpoint } = place();
      const project = await makeRepository(url, endpoint);
      await ours(['push'], project);
      const other = clone(project);
      await ours(['pull'], other);
      chmodSync(join(other, 'result.txt'), 0o644);
      writeFileSync(join(other, 'result.txt'), 'mine');
      writeFiles(other, { 'model/notes': 'mine, too' });
      const end = await reprise(['pull'], other, env);
      expect(end.code).toBe(1);
      expect(end.stderr).toMatch(/result\.txt would be overwritten/);
      expect(end.stderr).toMatch(/model\/notes would be overwritten/);
      expect(readFileSync(join(other, 'result.txt'), 'utf8')).toBe('mine');
      expect(existsSync(join(other, 'model/notes'))).toBe(true);
      await ours(['pull', '--force'], other);
      expectSameResults(project, other);
      expect(existsSync(join(other, 'model/notes'))).toBe(false);
    });

    it('sends each out to its own remote, and what is marked so nowhere', async () => {
      const [main, special] = [place(), place()];
      const project = await makeRepository(main.url, main.endpoint);
      await ours(['remote', 'add', 'special', special.url], project);
      await ours(['remote', 'modify', 'special', 'endpointurl', server.endpoint], project);
      const pipeline = readFileSync(join(project, 'dvc.yaml'), 'utf8');
      const changed = pipeline.replace(
        'outs: [result.txt, empty.txt]',
        'outs: [{result.txt: {remote: special}}, {empty.txt: {push: false}}]',
      );
      writeFileSync(join(project, 'dvc.yaml'), changed);
      await ours(['push'], project);
      expect(Object.values(filesBelow(special.folder))).toEqual(['some input\n']);
      expect(Object.values(filesBelow(main.folder))).not.toContain('');
      expect(await dvc(['push'], project)).toContain('Everything is up to date.');
    });

    describe('what a user can mend', () => {
      let project: string;
      beforeAll(async () => {
        const { url, endpoint } = place();
        project = await makeRepository(url, endpoint);
      });

      const failing = async (args: readonly string[], overrides: Readonly<Record<string, string>> = {}) => {
        const end = await reprise(args, project, { ...env, ...overrides });
        expect(end.code).toBe(1);
        expect(end.stderr).toMatch(/\n {2}fix: /);
        expect(end.stderr).not.toMatch(/\n {4}at /);
        expect(end.stderr + end.stdout).not.toContain(server.secretAccessKey);
        return end.stderr;
      };

      it('wrong credentials', async () => {
        expect(await failing(['push'], { AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) })).toMatch(
          /refuses these credentials/,
        );
        expect(await failing(['push'], { AWS_ACCESS_KEY_ID: 'nobody' })).toMatch(/refuses these credentials/);
      });

      it('no credentials', async () => {
        const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
        expect(await failing(['push'], none)).toMatch(/no credentials/);
      });

      it('no such bucket', async () => {
        await ours(['remote', 'add', '--force', 'nowhere', 's3://no-such-bucket'], project);
        await ours(['remote', 'modify', 'nowhere', 'endpointurl', server.endpoint], project);
        expect(await failing(['push', '-r', 'nowhere'])).toMatch(/has no bucket no-such-bucket/);
        expect(await failing(['fetch', '-r', 'nowhere', 'data.csv.dvc', '--run-cache'])).toMatch(
          /has no bucket/,
        );
      });

      it('an endpoint that nobody answers at', async () => {
        await ours(['remote', 'add', '--force', 'silent', 's3://bucket'], project);
        await ours(['remote', 'modify', 'silent', 'endpointurl', 'http://127.0.0.1:9'], project);
        expect(await failing(['push', '-r', 'silent'])).toMatch(/127\.0\.0\.1:9 cannot be reached/);
      });

      it('a remote of another kind, or none', async () => {
        await ours(['remote', 'add', '--force', 'google', 'gs://bucket/path'], project);
        expect(await failing(['push', '-r', 'google'])).toMatch(/kind gs, which is not supported/);
        expect(await failing(['push', '-r', 'other'])).toMatch(/there is no remote other/);
        expect(await failing(['push', 'nothing'])).toMatch(/nothing is neither a stage/);
        expect(await failing(['remote', 'modify', 'storage', 'endpointurll', 'x'])).toMatch(/not an option/);
      });
    });

    it('carries a large file in parts, with memory bounded', async () => {
      const { url, endpoint } = place();
      const project = await makeRepository(url, endpoint);
      const bytes = Buffer.alloc(200 << 20);
      for (let at = 0; at < bytes.length; at += 4096) bytes.writeDoubleLE(Math.sqrt(at + 2), at);
      writeFileSync(join(project, 'large.bin'), bytes);
      await dvc(['add', 'large.bin'], project);
      const peak = join(project, '.dvc/tmp/peak');
      const measured = {
        NODE_OPTIONS: `--import=${new URL('../rig/peak-memory.mjs', import.meta.url).href}`,
        PEAK: peak,
      };
      const pushed = await reprise(['push', 'large.bin.dvc'], project, { ...env, ...measured });
      expect(pushed.stdout).toMatch(/1 object pushed \(209\.7 MB\)/);
      // The runtime itself takes some 100 MB; the parts that are on their way at most 64.
      expect(Number(readFileSync(peak, 'utf8'))).toBeLessThan(240 << 20);
      const parts = server.requests().filter(({ operation }) => operation === 'UploadPart');
      expect(parts.length).toBe(25);
      const other = clone(project);
      cpSync(join(project, 'large.bin.dvc'), join(other, 'large.bin.dvc'));
      const pulled = await reprise(['pull', 'large.bin.dvc'], other, { ...env, ...measured });
      expect(pulled.code).toBe(0);
      expect(Number(readFileSync(peak, 'utf8'))).toBeLessThan(240 << 20);
      expect(readFileSync(join(other, 'large.bin')).equals(bytes)).toBe(true);
      expect(statSync(join(other, 'large.bin')).size).toBe(200 << 20);
    }, 300_000);
  });
});
