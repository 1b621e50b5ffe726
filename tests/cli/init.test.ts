import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import {
  loadBaseConfig,
  loadDataConfig,
  loadEvaluationConfig,
  loadFinetuningConfig,
} from '../../configs/index.js';
import { describeWithDvc, dvc } from '../dvc/state/real-dvc.js';
import { EXECUTABLE, reprise } from '../rig/reprise.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'init-')));
const git = (cwd: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** A git that knows the user, or does not, whatever the host's settings. */
function gitSettings(identity: boolean): NodeJS.ProcessEnv {
  const home = temporary();
  writeFileSync(
    join(home, '.gitconfig'),
    `[init]\n\tdefaultBranch = main\n${identity ? '[user]\n\tname = A User\n\temail = user@example.com\n' : ''}`,
  );
  return {
    HOME: home,
    XDG_CONFIG_HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  };
}

interface Result {
  readonly folder: string;
  readonly written: string[];
  readonly kept: string[];
  readonly gitInit: boolean;
  readonly committed: boolean;
}

async function init(args: readonly string[], cwd: string, env = gitSettings(true)): Promise<Result> {
  const { code, stdout, stderr } = await reprise(['init', ...args, '--json'], cwd, env);
  if (code !== 0) throw new Error(`exit ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Result;
}

/** What is laid out for each task. */
const common = [
  '.dockerignore',
  '.dvc/.gitignore',
  '.dvc/config',
  '.dvcignore',
  '.env.example',
  '.gitignore',
  'Dockerfile',
  'README.md',
  'configs/base_config.yaml',
  'configs/data_config.yaml',
  'configs/finetuning/adapter_config.yaml',
  'configs/finetuning/full_finetune.yaml',
  'configs/finetuning/lora_config.yaml',
  'configs/finetuning/qlora_config.yaml',
  'configs/schemas/base_config.schema.json',
  'configs/schemas/data_config.schema.json',
  'configs/schemas/dvc.schema.json',
  'configs/schemas/finetuning_config.schema.json',
  'configs/schemas/params.schema.json',
  'configs/schemas/reprise_config.schema.json',
  'data/.gitignore',
  'data/finetuning/.gitignore',
  'docs/api_reference.md',
  'docs/finetuning_guide.md',
  'docs/setup.md',
  'dvc.yaml',
  'models/.gitignore',
  'package.json',
  'notebooks/01_data_exploration.ipynb',
  'notebooks/02_baseline_model.ipynb',
  'notebooks/03_finetuning_experiments.ipynb',
  'notebooks/04_model_comparison.ipynb',
  'notebooks/README.md',
  'params.yaml',
  'scripts/deploy.sh',
  'scripts/download_pretrained.sh',
  'scripts/evaluate.sh',
  'scripts/prepare_data.sh',
  'scripts/train.sh',
  'src/callbacks/stop-at-loss.ts',
  'tests/data_processing.test.ts',
  'tests/model.test.ts',
  'tests/rows/train.jsonl',
  'tests/rows/val.jsonl',
  'tests/stages.ts',
  'tests/training.test.ts',
  'tsconfig.json',
];
const pictures = ['bars', 'disc'].flatMap((label) =>
  Array.from({ length: 10 }, (_, number) => `tests/rows/pictures/${label}/${number}.png`),
);
const ofTask = {
  'text-classification': [
    'src/cleaning/strip-markup.ts',
    'src/metrics/cohens-kappa.ts',
    'tests/rows/questions.jsonl',
    'tests/rows/raw.jsonl',
  ],
  'causal-lm': [
    'src/cleaning/strip-markup.ts',
    'src/metrics/hardest-tenth.ts',
    'tests/rows/prompts.jsonl',
    'tests/rows/raw.jsonl',
  ],
  'image-classification': [
    'src/cleaning/drop-copies.ts',
    'src/metrics/cohens-kappa.ts',
    ...pictures,
    'tests/rows/pictures/bars/0 copy.png',
  ],
};
const filesOf = (task: keyof typeof ofTask): string[] => [...common, ...ofTask[task]].sort();
const everyFile = filesOf('text-classification');

/** Of all notebooks of a project together. */
function outputsOf(folder: string): unknown[] {
  const notebooks = everyFile.filter((path) => path.endsWith('.ipynb'));
  return notebooks.flatMap((path) => {
    const { cells } = JSON.parse(readFileSync(join(folder, path), 'utf8')) as {
      cells: { outputs?: unknown[] }[];
    };
    return cells.flatMap(({ outputs }) => outputs ?? []);
  });
}

describe('reprise init', () => {
  it('lays out the template in a new folder, in a repository of its own with a first commit', async () => {
    const cwd = temporary();
    const result = await init(['project'], cwd);
    expect(result).toEqual({
      event: 'result',
      folder: join(cwd, 'project'),
      written: everyFile,
      kept: [],
      gitInit: true,
      committed: true,
    });
    expect(git(result.folder, 'status', '--porcelain')).toBe('');
    expect(git(result.folder, 'ls-files').trimEnd().split('\n').sort()).toEqual(everyFile);
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

  it('takes the user’s own data in place of the template’s', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'mine.csv'), 'text,label\na,b\n');
    const { folder } = await init(['project', '--data', 'mine.csv'], cwd);
    const { ingestion, preprocessing, preparation } = loadDataConfig(folder);
    expect(ingestion).toEqual({ source: 'path:../mine.csv' });
    expect(preprocessing).toMatchObject({ format: 'records', fields: { text: 'text', label: 'label' } });
    expect(preparation.split).toEqual({ by: 'label', test: 0.15, val: 0.1 });
    expect(outputsOf(folder)).toEqual([]);
    const prose = await init(['prose', '--task', 'causal-lm', '--data', 'https://example.com/a.txt'], cwd);
    expect(loadDataConfig(prose.folder)).toMatchObject({
      ingestion: { source: 'https://example.com/a.txt' },
      preprocessing: { format: 'prose' },
    });
    mkdirSync(join(cwd, 'pictures'));
    const images = await init(['images', '--task', 'image-classification', '--data', 'pictures'], cwd);
    expect(loadDataConfig(images.folder).preprocessing).toEqual({
      format: 'images',
      steps: ['src/cleaning/drop-copies.ts'],
    });
    const stages = readFileSync(join(images.folder, 'dvc.yaml'), 'utf8');
    expect(stages).not.toContain('data/processed/pictures');
    expect(stages.match(/- data\/raw\n/g)).toHaveLength(4);
  });

  it.each([
    ['regression', { text: 'text', label: 'label' }, {}, 'loss', 'src/metrics/concordance.ts'],
    [
      'multi_label_classification',
      { text: 'text', labels: 'labels' },
      undefined,
      'accuracy',
      'src/metrics/jaccard.ts',
    ],
  ] as const)('lays out %s of the user’s texts', async (problem, fields, number, best, metric) => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'mine.jsonl'), '{"text": "a", "label": 1}\n');
    const { folder, written } = await init(['.', '--data', 'mine.jsonl', '--problem-type', problem], cwd);
    expect(written).toEqual([...everyFile.filter((path) => !path.includes('cohens-kappa')), metric].sort());
    expect(loadDataConfig(folder).preprocessing).toMatchObject({ fields, ...(number ? { number } : {}) });
    expect(loadFinetuningConfig(folder)).toMatchObject({
      problem_type: problem,
      metric_for_best_model: best,
    });
    expect(loadEvaluationConfig(folder).metrics).toEqual([metric]);
    const stages = parse(readFileSync(join(folder, 'dvc.yaml'), 'utf8')) as {
      plots: object[];
      stages: object;
    };
    expect([Object.keys(stages.stages).length, stages.plots.map((plot) => Object.keys(plot))]).toEqual([
      5,
      [['plots/answers.json']],
    ]);
  });

  it.each([
    [['--task', 'poetry'], 'unknown-task'],
    [['--data', 'https://example.com/a.csv', '--problem-type', 'ordinal'], 'unknown-problem-type'],
    [['--problem-type', 'regression'], 'problem-type-alone'],
    [['--task', 'causal-lm', '--data', 'hf:a/b', '--problem-type', 'regression'], 'problem-type-alone'],
    [['--data', 'nowhere.csv'], 'source-missing'],
  ])('refuses %j', async (flags, code) => {
    const cwd = temporary();
    const { code: exit, stdout } = await reprise(['init', '.', ...flags, '--json'], cwd, gitSettings(true));
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code });
    expect(readdirSync(cwd)).toEqual([]);
  });

  // util-linux's `script` gives a command a terminal.
  (existsSync('/usr/bin/script') ? it : it.skip)(
    'asks a person on a terminal, until it can do what is said',
    () => {
      const cwd = temporary();
      writeFileSync(join(cwd, 'mine.jsonl'), '{"text": "a"}\n');
      const answer = (input: string): SpawnSyncReturns<string> =>
        spawnSync(
          'script',
          ['-qec', `'${process.execPath}' '${EXECUTABLE}' init project --no-commit`, '/dev/null'],
          { cwd, env: { ...process.env, ...gitSettings(true), TERM: 'xterm' }, input, encoding: 'utf8' },
        );
      // The end of the input is Ctrl-D: who leaves has nothing laid out.
      expect(answer('2\n').status).toBe(130);
      expect(existsSync(join(cwd, 'project'))).toBe(false);
      const { stdout, status } = answer('7\n2\nnowhere.jsonl\nmine.jsonl\n');
      expect([status, stdout]).toEqual([0, expect.stringContaining('there is no nowhere.jsonl')]);
      const { ingestion, preprocessing } = loadDataConfig(join(cwd, 'project'));
      expect(ingestion.source).toBe('path:../mine.jsonl');
      expect(preprocessing).toMatchObject({ format: 'records', fields: { text: 'text' } });
      expect(loadBaseConfig(join(cwd, 'project')).task).toBe('causal-lm');
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
      `${everyFile.length} files laid out, in a new git repository with a first commit`,
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
    expect([again.written, again.kept, again.committed]).toEqual([[], everyFile, false]);
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
