import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { jest } from '@jest/globals';
import { freePort } from '../../rig/free-port.js';
import { languageModelProject, promoteAdapter, promoteWhole } from '../../rig/promoted-project.js';
import { endAll, reprise, startReprise, type RepriseEnd, type RepriseProcess } from '../../rig/reprise.js';
import { until } from '../../rig/servers.js';

jest.setTimeout(600_000);
const folders: string[] = [];
const project = (): string => {
  const root = languageModelProject();
  folders.push(root);
  return root;
};
afterAll(() => {
  endAll();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const eventOf = (end: RepriseEnd): Record<string, unknown> => {
  expect(end).toMatchObject({ code: 0 });
  return JSON.parse(end.stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
};

interface Completion {
  readonly status: number;
  readonly text: string;
  readonly version: string;
}

async function complete(url: string, key: string, body: object = {}): Promise<Completion> {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ prompt: 'the capital of', temperature: 0, max_tokens: 12, ...body }),
  });
  const answer = (await response.json()) as { choices?: { text: string }[]; system_fingerprint?: string };
  return {
    status: response.status,
    text: answer.choices?.[0]?.text ?? '',
    version: answer.system_fingerprint ?? '',
  };
}

async function serve(
  root: string,
  env: NodeJS.ProcessEnv,
  ...flags: string[]
): Promise<{ url: string; run: RepriseProcess }> {
  const run = startReprise(['serve', '--port', '0', '--json', ...flags], root, env);
  const find = (): string | undefined => /"url":"([^"]+)"/.exec(run.stdout())?.[1];
  return { url: await until('it serves', find), run };
}

describe('reprise deploy --target image', () => {
  let root: string;
  let context: string;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    root = project();
    promoteAdapter(root, 3);
    const event = eventOf(await reprise(['deploy', '--target', 'image', '--port', '9123', '--json'], root));
    expect(event).toMatchObject({
      event: 'deployed',
      target: 'image',
      version: 3,
      built: false,
      image: 'tiny-prose:v3',
    });
    context = event['output'] as string;
  });
  afterAll(() => child?.kill('SIGKILL'));

  it('has all that its Dockerfile copies, and what it runs', () => {
    const dockerfile = readFileSync(join(context, 'Dockerfile'), 'utf8');
    const ignored = readFileSync(join(context, '.dockerignore'), 'utf8').trim().split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied).toContain('start.sh');
    for (const name of copied) {
      expect([name, existsSync(join(context, name))]).toEqual([name, true]);
      expect(ignored).toContain(`!${name.replace(/\/$/, '')}`);
    }
    const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => ({
      from,
      name,
    }));
    const names = stages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['cpu', 'cuda']));
    for (const { from } of stages) expect(names.includes(from ?? '') || /^node:/.test(from ?? '')).toBe(true);
    const [entry] = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfile)?.[1] ?? '') as [string];
    expect(() => accessSync(join(context, entry.replace('/app/', '')), constants.X_OK)).not.toThrow();
  });

  it('has a lock that npm takes as it is, and not with a package less', () => {
    const clean = ['ci', '--dry-run', '--offline', '--omit=dev', '--ignore-scripts', '--no-audit'];
    const npm = (): string => execFileSync('npm', clean, { cwd: context, encoding: 'utf8', stdio: 'pipe' });
    expect(npm()).toMatch(/added \d{3} packages/);
    const file = join(context, 'package-lock.json');
    const whole = readFileSync(file, 'utf8');
    const lock = JSON.parse(whole) as { packages: Record<string, unknown> };
    expect(Object.keys(lock.packages).some((path) => /node_modules\/(jest|typescript)$/.test(path))).toBe(
      false,
    );
    delete lock.packages['node_modules/fastify'];
    writeFileSync(file, JSON.stringify(lock));
    expect(npm).toThrow();
    writeFileSync(file, whole);
  });

  it('answers, run out of the folder, as its HEALTHCHECK and an asker see it', async () => {
    install(context);
    const port = await freePort();
    const env = { ...process.env, NODE_OPTIONS: '', PORT: String(port), REPRISE_API_KEYS: 'a-key' };
    child = spawn(join(context, 'start.sh'), { cwd: '/', env, stdio: 'ignore' });
    const dockerfile = readFileSync(join(context, 'Dockerfile'), 'utf8');
    const [file, ...args] = JSON.parse(/^HEALTHCHECK .* CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? '') as [
      string,
      ...string[],
    ];
    const isHealthy = (): boolean => {
      try {
        execFileSync(file, args, { env, stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    expect(isHealthy()).toBe(false);
    await until('it is healthy', isHealthy);
    const url = `http://127.0.0.1:${port}`;
    const answer = await complete(url, 'a-key');
    expect(answer).toMatchObject({ status: 200, version: 'v3' });
    expect((await complete(url, 'another')).status).toBe(401);
    const direct = await serve(root, {});
    expect(await complete(direct.url, '')).toEqual(answer);
    direct.run.child.kill('SIGTERM');
    const ended = new Promise((resolved) => child?.once('exit', resolved));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('is replaced by the next, and never what is not its own', async () => {
    promoteWhole(root, 4);
    eventOf(await reprise(['deploy', '--target', 'image', '--json'], root));
    expect(existsSync(join(context, 'project/models/final/model_v4/model.safetensors'))).toBe(true);
    expect(existsSync(join(context, 'project/models/final/model_v3'))).toBe(false);
    const taken = await reprise(['deploy', '--target', 'image', '--output', 'models'], root);
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    expect(existsSync(join(root, 'models/final/production.json'))).toBe(true);
  });

  it('says so when nothing is there that builds it', async () => {
    const end = await reprise(['deploy', '--target', 'image', '--build'], root, {
      PATH: pathOf('node', 'npm'),
    });
    expect(end).toMatchObject({ code: 1, stderr: expect.stringContaining('docker: not on PATH') });
  });
});

describe('reprise deploy --target kubernetes', () => {
  it('writes manifests of the promoted model', async () => {
    const root = project();
    const nothing = await reprise(['deploy', '--target', 'kubernetes'], root);
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('reprise retrain') });
    promoteAdapter(root, 1);
    const flags = ['--labels', 'gpu', '--replicas', '3', '--port', '9000', '--output', 'k8s', '--json'];
    const event = eventOf(await reprise(['deploy', '--target', 'kubernetes', ...flags], root));
    expect(event).toMatchObject({ image: 'tiny-prose:v1-cuda', output: join(root, 'k8s') });
    const deployment = readFileSync(join(root, 'k8s/deployment.yaml'), 'utf8');
    expect(deployment).toMatch(/nvidia.com\/gpu: 1/);
    expect(deployment).toMatch(/containerPort: 9000/);
    expect(readFileSync(join(root, 'k8s/autoscaler.yaml'), 'utf8')).toMatch(
      /minReplicas: 3\n {2}maxReplicas: 6/,
    );
  });
});

describe('reprise deploy --target server', () => {
  const keys = { REPRISE_API_KEYS: 'asker', REPRISE_ADMIN_KEYS: 'operator' };
  let root: string;
  let url: string;
  let run: RepriseProcess;
  beforeAll(async () => {
    root = project();
    promoteAdapter(root, 1);
    ({ url, run } = await serve(root, keys, '--no-watch'));
  });
  const turn = (env: NodeJS.ProcessEnv = keys, ...flags: string[]): Promise<RepriseEnd> =>
    reprise(['deploy', '--target', 'server', '--url', url, '--json', ...flags], root, env);

  it('has it turn, without a failed request, and waits until it answers with the new one', async () => {
    expect(eventOf(await turn())).toMatchObject({ before: 'v1', version: 1 });
    let asking = true;
    const seen: Completion[] = [];
    const askers = Array.from({ length: 4 }, async (_, n) => {
      for (let at = 0; asking; at++)
        seen.push(await complete(url, 'asker', { temperature: 1, seed: at, max_tokens: 5 + n * 10 }));
    });
    await until('v1 is asked', () => seen.length > 8);
    promoteWhole(root, 2);
    expect(eventOf(await turn())).toMatchObject({
      event: 'deployed',
      target: 'server',
      before: 'v1',
      version: 2,
    });
    expect((await complete(url, 'asker')).version).toBe('v2');
    const turned = seen.length;
    await until('v2 is asked', () => seen.length > turned + 8);
    asking = false;
    await Promise.all(askers);
    expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
    expect(new Set(seen.map(({ version }) => version))).toEqual(new Set(['v1', 'v2']));
  });

  it('says what the server says, and leaves it as it was', async () => {
    promoteWhole(root, 3);
    const weights = join(root, 'models/final/model_v3/model.safetensors');
    writeFileSync(weights, 'broken');
    const broken = await turn();
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toMatchObject({
      code: 'not-turned',
      message: expect.stringContaining('safetensors'),
    });
    rmSync(dirname(weights), { recursive: true });
    expect(JSON.parse((await turn()).stdout)).toMatchObject({
      code: 'not-turned',
      message: expect.stringContaining('reprise pull models/final/model_v3'),
    });
    expect((await complete(url, 'asker')).version).toBe('v2');
  });

  it('needs a key, of an operator to have it turn, and a server', async () => {
    expect(JSON.parse((await turn({ REPRISE_API_KEYS: '' })).stdout)).toMatchObject({ code: 'bad-key' });
    expect(JSON.parse((await turn({ REPRISE_API_KEYS: 'asker' })).stdout)).toMatchObject({ code: 'bad-key' });
    run.child.kill('SIGTERM');
    await run.ended;
    expect(JSON.parse((await turn()).stdout)).toMatchObject({ code: 'server-unreachable' });
  });

  it('waits for one that watches by itself, and not for ever', async () => {
    promoteWhole(root, 4);
    const watching = await serve(root, {});
    promoteWhole(root, 5);
    const flags = ['deploy', '--target', 'server', '--url', watching.url, '--json'];
    expect(eventOf(await reprise(flags, root))).toMatchObject({ before: 'v4', version: 5 });
    watching.run.child.kill('SIGTERM');
    const staying = await serve(root, {}, '--no-watch');
    promoteWhole(root, 6);
    const late = await reprise([...flags.slice(0, -2), staying.url, '--json', '--timeout', '5'], root);
    expect(JSON.parse(late.stdout)).toMatchObject({ code: 'not-turned', found: 'v5', expected: 'v6' });
    staying.run.child.kill('SIGTERM');
  });
});

/** What `npm ci` does, without a network: the packed archive, and links to what is installed here, of what the lock names alone. */
function install(context: string): void {
  const { packages } = JSON.parse(readFileSync(join(context, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  for (const [path, { resolved }] of Object.entries(packages)) {
    if (path === '' || path.includes('/node_modules/')) continue;
    const place = join(context, path);
    mkdirSync(dirname(place), { recursive: true });
    if (resolved?.startsWith('file:')) {
      mkdirSync(place);
      execFileSync('tar', [
        '-xzf',
        join(context, resolved.slice('file:'.length)),
        '-C',
        place,
        '--strip-components=1',
      ]);
    } else if (statSync(resolve(path), { throwIfNoEntry: false })) symlinkSync(resolve(path), place);
  }
}

/** A PATH with these programs alone. */
function pathOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-path-'));
  folders.push(folder);
  for (const name of names) {
    const found = (process.env['PATH'] ?? '').split(':').find((one) => existsSync(join(one, name)));
    symlinkSync(join(found ?? '', name), join(folder, name));
  }
  return folder;
}
