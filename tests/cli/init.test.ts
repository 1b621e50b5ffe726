import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadDataConfig, loadFinetuningConfig } from '../../configs/index.js';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { gitSettings, init, temporary } from '../rig/init.js';
import { EVERY_FILE, filesOf, outputsOf } from '../rig/laid-out-files.js';
import { reprise } from '../rig/reprise.js';

const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

describe('reprise init', () => {
  it('lays out the template in a new folder, in a repository of its own with a first commit', async () => {
    const cwd = temporary();
    const result = await init(['project'], cwd);
    expect(result).toEqual({
      event: 'result',
      folder: join(cwd, 'project'),
      written: EVERY_FILE,
      kept: [],
      gitInit: true,
      committed: true,
    });
    expect(git(result.folder, 'status', '--porcelain')).toBe('');
    expect(git(result.folder, 'ls-files').trimEnd().split('\n').sort()).toEqual(EVERY_FILE);
    // What the demo's notebooks have shown, plots too.
    expect(JSON.stringify(outputsOf(result.folder)).match(/<svg /g)?.length).toBeGreaterThan(6);
  });

  it.each(['causal-lm', 'image-classification'] as const)(
    'lays out %s with data, presets, stages and code of its own',
    async (task) => {
      const { folder, written } = await init(['.', '--task', task], temporary());
      expect(written).toEqual(filesOf(task));
      const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
      expect(read('configs/base_config.yaml')).toContain(`task: ${task}\n`);
      for (const [preset, method] of [
        ['lora_config', 'lora'],
        ['qlora_config', 'qlora'],
        ['adapter_config', 'adapter'],
        ['full_finetune', 'full'],
      ]) {
        const params = read('params.yaml').replace('preset: lora_config', `preset: ${preset}`);
        writeFileSync(join(folder, 'params.yaml'), params);
        expect(loadFinetuningConfig(folder).method).toBe(method);
        writeFileSync(
          join(folder, 'params.yaml'),
          params.replace(`preset: ${preset}`, 'preset: lora_config'),
        );
      }
      expect(loadDataConfig(folder).ingestion.integrity).toMatch(/^sha512-/);
      expect(outputsOf(folder)).toEqual([]);
    },
  );

  it('makes the folders that git does not keep, and scripts that run', async () => {
    const { folder } = await init(['.'], temporary());
    for (const path of [
      'data/raw',
      'data/processed',
      'models/pretrained',
      'models/checkpoints',
      'models/final',
      'experiments/mlruns',
    ])
      expect(readdirSync(join(folder, path))).toEqual([]);
    for (const name of readdirSync(join(folder, 'scripts')))
      expect([name, statSync(join(folder, 'scripts', name)).mode & 0o111]).toEqual([name, 0o111]);
    expect(git(folder, 'ls-files', '--stage', 'scripts/train.sh')).toMatch(/^100755 /);
  });

  it('names the project and this version in package.json, and keeps one that is there', async () => {
    const cwd = temporary();
    const { folder } = await init(['My Project'], cwd);
    const manifest = (at: string): unknown => JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(manifest(folder)).toMatchObject({
      name: 'my-project',
      private: true,
      dependencies: { reprise: version },
    });
    mkdirSync(join(cwd, 'other'));
    writeFileSync(join(cwd, 'other/package.json'), '{"name": "mine"}');
    const kept = await init(['other'], cwd);
    expect(kept.kept).toContain('package.json');
    expect(manifest(kept.folder)).toEqual({ name: 'mine' });
  });

  it('tells a person what to do next', async () => {
    const { code, stdout } = await reprise(['init', 'project'], temporary(), gitSettings(true));
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${EVERY_FILE.length} files laid out, in a new git repository with a first commit`,
    );
    expect(stdout).toMatch(/next: cd project && reprise repro\n$/);
  });

  it('keeps what the stages make out of git', async () => {
    const { folder } = await init(['.'], temporary());
    const made = [
      'data/raw/x',
      'data/processed/x',
      'data/finetuning/test.jsonl',
      'models/checkpoints/x',
      'reports/x',
      'plots/x',
      'models/pretrained/x',
      'predictions.jsonl',
      '.env',
    ];
    for (const path of [...made, '.reprise/x', '.dvc/cache/x', '.dvc/config.local'])
      expect(git(folder, 'check-ignore', path).trim()).toBe(path);
    expect(() => git(folder, 'check-ignore', 'metrics.json')).toThrow();
  });

  it('changes nothing the second time', async () => {
    const cwd = temporary();
    const { folder } = await init(['.'], cwd);
    writeFileSync(join(folder, '.dvc/config'), '[core]\n    remote = mine\n');
    const again = await init(['.'], cwd);
    expect([again.written, again.kept, again.committed]).toEqual([[], EVERY_FILE, false]);
    expect(readFileSync(join(folder, '.dvc/config'), 'utf8')).toBe('[core]\n    remote = mine\n');
  });

  it('refuses to replace files, names them, and writes nothing', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'params.yaml'), 'mine: 1\n');
    writeFileSync(join(cwd, 'README.md'), 'mine\n');
    const { code, stdout } = await reprise(['init', '--json'], cwd, gitSettings(true));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'files-exist',
      message: '. already has other files of these names: README.md, params.yaml',
    });
    expect(readdirSync(cwd).sort()).toEqual(['README.md', 'params.yaml']);
    await init(['--force'], cwd);
    expect(readFileSync(join(cwd, 'params.yaml'), 'utf8')).toContain('data_config:');
  });

  it('uses the repository that the folder is in, and commits nothing there', async () => {
    const env = gitSettings(true);
    const repository = temporary();
    execFileSync('git', ['init', '-q'], { cwd: repository });
    const result = await init(['sub/project'], repository, env);
    expect([result.gitInit, result.committed]).toEqual([false, false]);
    expect(existsSync(join(result.folder, '.git'))).toBe(false);
  });

  it('makes a repository of its own where the outer one ignores the folder', async () => {
    const repository = temporary();
    execFileSync('git', ['init', '-q'], { cwd: repository });
    writeFileSync(join(repository, '.gitignore'), 'demo/\n');
    const result = await init(['demo'], repository);
    expect([result.gitInit, result.committed]).toEqual([true, true]);
    expect(git(result.folder, 'rev-parse', '--show-toplevel').trim()).toBe(result.folder);
  });

  it('refuses a repository that ignores .dvc', async () => {
    const repository = temporary();
    execFileSync('git', ['init', '-q'], { cwd: repository });
    writeFileSync(join(repository, '.gitignore'), '.dvc\n');
    const { code, stdout } = await reprise(['init', 'project', '--json'], repository, gitSettings(true));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'dvc-ignored' });
  });

  it('makes no commit for a user whom git does not know, or on request', async () => {
    const unknown = await init(['project'], temporary(), gitSettings(false));
    expect([unknown.gitInit, unknown.committed]).toEqual([true, false]);
    const asked = await init(['project', '--no-commit'], temporary());
    expect([asked.gitInit, asked.committed]).toEqual([true, false]);
    expect(git(asked.folder, 'status', '--porcelain')).toContain('?? dvc.yaml');
  });

  it('works without git, and tells DVC so', async () => {
    const path = dirname(process.execPath);
    const bare = existsSync(join(path, 'git')) ? temporary() : path;
    const result = await init(['project'], temporary(), { ...gitSettings(true), PATH: bare });
    expect([result.gitInit, result.committed]).toEqual([false, false]);
    expect(readFileSync(join(result.folder, '.dvc/config'), 'utf8')).toBe('[core]\n    no_scm = True\n');
    expect(existsSync(join(result.folder, '.dvc/.gitignore'))).toBe(false);
  });

  it('refuses a file in the folder’s place, and a folder in a file’s', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'taken'), '');
    const file = await reprise(['init', 'taken', '--json'], cwd, gitSettings(true));
    expect(JSON.parse(file.stdout)).toMatchObject({ code: 'not-a-folder' });
    mkdirSync(join(cwd, 'project/dvc.yaml'), { recursive: true });
    const folder = await reprise(['init', 'project', '--json'], cwd, gitSettings(true));
    expect(JSON.parse(folder.stdout)).toMatchObject({ code: 'not-a-file' });
  });
});

describeWithDvc('reprise init beside dvc init', () => {
  it.each([true, false])('writes the same files (with git: %s)', async (withGit) => {
    const theirs = temporary();
    if (withGit) execFileSync('git', ['init', '-q'], { cwd: theirs });
    expect((await dvc(['init', '-q', ...(withGit ? [] : ['--no-scm'])], theirs)).code).toBe(0);
    const env = gitSettings(true);
    const ours = await init(['.'], temporary(), withGit ? env : { ...env, PATH: temporary() });
    const read = (root: string, path: string): string | undefined =>
      existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
    for (const path of ['.dvc/config', '.dvc/.gitignore'])
      expect(read(ours.folder, path)).toBe(read(theirs, path));
    // The template adds patterns of its own below DVC's text.
    expect(read(ours.folder, '.dvcignore')).toContain(read(theirs, '.dvcignore') as string);
  });

  it('makes a project that dvc reads: five stages, none of them run', async () => {
    const { folder } = await init(['.'], temporary());
    const { code, stdout } = await dvc(['stage', 'list', '--name-only'], folder);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      'data_ingestion',
      'data_preprocessing',
      'prepare_finetuning_data',
      'finetune_model',
      'evaluate_model',
    ]);
  });
});
