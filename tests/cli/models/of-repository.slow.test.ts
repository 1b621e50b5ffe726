import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGit, type GitServer } from '../../rig/git-server.js';
import { makeModel } from '../../rig/registered-project.js';
import { cloned, registeredRepository, type RegisteredRepository } from '../../rig/registered-repository.js';
import { endAll, reprise, type RepriseEnd } from '../../rig/reprise.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';
import { git } from '../../rig/sweep-project.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-models-')));

/** Two versions, of which the second is in production; what is asked is asked from where nothing of the repository is. */
describeWithS3('reprise model --git', () => {
  let s3: S3Server;
  let server: GitServer;
  let repository: RegisteredRepository;
  /** When the first one was in production, and the only one. */
  let early: string;
  const nowhere = temporary();
  /** Where checkouts are made. */
  const scratch = temporary();

  const model = (...args: string[]): Promise<RepriseEnd> =>
    reprise(['model', ...args, '--git', repository.url], nowhere, { ...s3.env, TMPDIR: scratch });
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await model(...args);
    expect([args, stderr, code]).toEqual([args, '', 0]);
    return stdout;
  };
  const events = (stdout: string): Record<string, unknown>[] =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  beforeAll(async () => {
    [s3, server] = await Promise.all([startS3(), startGit()]);
    Object.assign(process.env, s3.env);
    const { url } = server.makeRepository(`${randomUUID()}.git`, {});
    repository = await registeredRepository(url, {
      url: `s3://${s3.makeBucket()}/dvc`,
      endpointurl: s3.endpoint,
    });
    const { root } = repository.project;
    await done('register', '--branch', 'main', '--by', 'ada', '--reason', 'the first');
    await done('promote', '--branch', 'main', '--by', 'ada');
    git(root, 'pull', '--quiet', '--ff-only', 'origin', 'main');
    early = git(root, 'rev-parse', 'HEAD');
    await makeModel(repository.project, 'two', 0.75);
    await repository.publish();
    await done('register', '--branch', 'main', '--by', 'eve', '--reason', 'the second');
    await done('promote', '--branch', 'main', '--by', 'eve', '--reason', 'better');
  });
  afterAll(async () => {
    endAll();
    server?.stop();
    await s3?.stop();
  });

  it('says what it says in a clone that has all of it', async () => {
    const { root } = cloned(repository.url);
    const here = async (args: readonly string[], cwd = root): Promise<string> => {
      const { code, stdout, stderr } = await reprise(args, cwd, s3.env);
      expect([args, stderr, code]).toEqual([args, stderr, 0]);
      return stdout;
    };
    await here(['pull']);
    for (const args of [['list'], ['show'], ['show', '1'], ['diff', '1', '2'], ['card'], ['card', '1']])
      expect([args, await done(...args)]).toEqual([args, await here(['model', ...args])]);
    const [second, first] = events(await done('list', '--json'));
    expect([second, first]).toMatchObject([
      { version: 2, inProduction: true, registered: { by: 'eve', reason: 'the second' } },
      { version: 1, inProduction: false, registered: { by: 'ada', reason: 'the first' } },
    ]);
    expect(events(await done('show', '--json'))).toMatchObject([
      { version: 2, production: { promoted: { by: 'eve', reason: 'better' } } },
    ]);
    expect(events(await done('diff', '1', '2', '--json'))).toMatchObject([
      { metrics: [{ name: 'finetuned.accuracy', before: 0.5, after: 0.75, difference: 0.25 }] },
    ]);
    // The base is known by the model's own files, which the bucket alone has.
    expect(await done('card', '1', '--output', 'card.md')).toBe('the card of v1 is in card.md\n');
    expect(readFileSync(join(nowhere, 'card.md'), 'utf8')).toMatch(
      /^---\nlicense: mit\nbase_model: owner\/base\nlibrary_name: peft\n[^]*\n# nouns v1\n/,
    );
    execFileSync('rm', [join(nowhere, 'card.md')]);
  });

  it('looks at a revision, and leaves nothing behind', async () => {
    expect(events(await done('list', '--rev', early, '--json'))).toMatchObject([
      { version: 1, inProduction: true },
    ]);
    expect(await done('show', '--rev', early)).toMatch(/^v1, in production\n/);
    expect(await done('show', '--rev', 'main')).toMatch(/^v2, in production\n/);
    expect(readdirSync(scratch).filter((name) => name.startsWith('reprise-look-'))).toEqual([]);
    // Those that change something have their cache here.
    expect(readdirSync(nowhere)).toEqual(['.reprise']);
  });

  it('turns back, and forth', async () => {
    const back = ['rollback', '--branch', 'main', '--by', 'ada', '--reason', 'worse on verbs'];
    expect(await done(...back)).toBe('v1 is in production again (before: v2); pushed to main\n');
    const { root, log } = cloned(repository.url);
    expect(log.slice(0, 2)).toEqual(['Roll back to version 1', 'Promote version 2']);
    expect(git(root, 'show', '--format=', '--name-only', 'HEAD')).toBe('final/production.json');
    expect(await done('show')).toMatch(/^v1, in production\n[^]*promoted: \S+ by ada: worse on verbs\n/);
    expect(events(await done('rollback', '--branch', 'main', '--to', '2', '--json'))).toMatchObject([
      { event: 'rollback', version: 2, previous: 1 },
    ]);
    expect(await done('list')).toMatch(/^v2 +production [^\n]+\nv1 +\d{4}-/);
  });

  it('says what is missing', async () => {
    const refused = async (...args: string[]): Promise<readonly [number | null, string]> => {
      const { code, stderr } = await model(...args);
      expect(stderr).not.toMatch(/^\s+at /m);
      return [code, stderr];
    };
    expect(await refused('show', '--rev', 'none')).toEqual([
      1,
      expect.stringMatching(/the repository has no branch or tag none/),
    ]);
    expect(await refused('list', '--path', 'none')).toEqual([
      1,
      expect.stringMatching(/the repository has no folder none[^]*--path/),
    ]);
    expect(await refused('list', '--path', '..')).toEqual([1, expect.stringMatching(/no folder \.\./)]);
    expect(await refused('list', '--path', 'final')).toEqual([
      1,
      expect.stringMatching(/the repository has no DVC project in final/),
    ]);
    expect(await refused('register', '--branch', 'main', '--path', 'none')).toEqual([
      1,
      expect.stringMatching(/the repository has no folder none/),
    ]);
    expect(await refused('show', '7')).toEqual([
      1,
      expect.stringMatching(/there is no v7[^]*one of: v2, v1/),
    ]);
    expect(await refused('card', '--remote', 'none')).toEqual([1, expect.stringMatching(/none/)]);
    expect(await refused('list', '--remote', 'store')).toEqual([2, expect.stringMatching(/--remote/)]);
    expect(await refused('rollback')).toEqual([2, expect.stringMatching(/--git needs --branch/)]);
    const here = await reprise(['model', 'list', '--rev', 'main'], nowhere);
    expect([here.code, here.stderr]).toEqual([2, expect.stringMatching(/--rev is of use with --git only/)]);
  });
});
