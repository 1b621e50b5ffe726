import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  loadBaseConfig,
  loadDataConfig,
  loadEvaluationConfig,
  loadFinetuningConfig,
} from '../../../configs/index.js';
import { gitSettings, init, temporary } from '../../rig/init.js';
import { EVERY_FILE, outputsOf } from '../../rig/laid-out-files.js';
import { onTerminal, type TerminalEnd } from '../../rig/on-terminal.js';
import { EXECUTABLE, reprise } from '../../rig/reprise.js';

describe('reprise init with data of the user’s own', () => {
  it('takes the user’s own data in place of the template’s', async () => {
    const cwd = temporary();
    writeFileSync(join(cwd, 'mine.csv'), 'text,label\na,b\n');
    const { folder } = await init(['project', '--data', 'mine.csv'], cwd);
    const { ingestion, preprocessing, preparation } = loadDataConfig(folder);
    expect(ingestion).toEqual({ source: 'path:../mine.csv' });
    expect(preprocessing).toMatchObject({ format: 'records', fields: { text: 'text', label: 'label' } });
    expect(preparation.split).toEqual({ by: 'label', test: 0.15, val: 0.1 });
    expect(loadBaseConfig(folder).name).toBe('project');
    // As many steps as there are: the preset's 50 would be all of them.
    expect(loadFinetuningConfig(folder)).toMatchObject({ num_epochs: 3, warmup_steps: 0, warmup_ratio: 0.1 });
    const ingestionOf = (of: string): { deps?: string[] } | undefined =>
      (parse(readFileSync(join(of, 'dvc.yaml'), 'utf8')) as { stages: Record<string, { deps?: string[] }> })
        .stages['data_ingestion'];
    // What is ingested is ingested again when it changes.
    expect(ingestionOf(folder)?.deps).toEqual(['../mine.csv']);
    expect(outputsOf(folder)).toEqual([]);
    const prose = await init(['prose', '--task', 'causal-lm', '--data', 'https://example.com/a.txt'], cwd);
    expect(loadDataConfig(prose.folder)).toMatchObject({
      ingestion: { source: 'https://example.com/a.txt' },
      preprocessing: { format: 'prose' },
    });
    expect(ingestionOf(prose.folder)).not.toHaveProperty('deps');
    expect(readFileSync(join(prose.folder, 'configs/data_config.yaml'), 'utf8')).not.toContain('Gutenberg');
    mkdirSync(join(cwd, 'pictures'));
    const images = await init(['images', '--task', 'image-classification', '--data', 'pictures'], cwd);
    // The example of a step drops pictures by their names, and changes texts: of data of one's own, nobody has asked for that.
    expect(loadDataConfig(images.folder).preprocessing).toEqual({ format: 'images' });
    for (const { folder: of } of [{ folder }, prose, images])
      expect(readFileSync(join(of, 'configs/data_config.yaml'), 'utf8')).toMatch(
        /steps: \[src\/cleaning\/[\w-]+\.ts\], for/,
      );
    for (const path of ['params.yaml', 'configs/data_config.yaml'])
      expect(readFileSync(join(folder, path), 'utf8')).not.toMatch(/wordnet|definition/i);
    expect(ingestionOf(images.folder)?.deps).toEqual(['../pictures']);
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
    expect(written).toEqual([...EVERY_FILE.filter((path) => !path.includes('cohens-kappa')), metric].sort());
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
    async () => {
      const cwd = temporary();
      writeFileSync(join(cwd, 'mine.jsonl'), '{"text": "a"}\n');
      const answer = (...answers: string[]): Promise<TerminalEnd> =>
        onTerminal(`'${process.execPath}' '${EXECUTABLE}' init project --no-commit`, {
          ...{ cwd, env: { ...process.env, ...gitSettings(true), TERM: 'xterm' } },
          ...{ asks: /\[(1|the data named above)\]: /, answers },
        });
      // Who leaves has nothing laid out.
      expect((await answer('2')).status).toBe(130);
      expect(existsSync(join(cwd, 'project'))).toBe(false);
      const { stdout, status } = await answer('7', '2', 'nowhere.jsonl', 'mine.jsonl');
      expect([status, stdout]).toEqual([0, expect.stringContaining('there is no nowhere.jsonl')]);
      const { ingestion, preprocessing } = loadDataConfig(join(cwd, 'project'));
      expect(ingestion.source).toBe('path:../mine.jsonl');
      expect(preprocessing).toMatchObject({ format: 'records', fields: { text: 'text' } });
      expect(loadBaseConfig(join(cwd, 'project')).task).toBe('causal-lm');
    },
  );

  (existsSync('/usr/bin/script') ? it : it.skip)(
    'asks on a terminal which columns are which, where their names do not tell',
    async () => {
      const cwd = temporary();
      const rows = [
        'I would buy it again,5,de',
        'It broke on day one,1,en',
        'Just what I need,5,en',
        'Not for me at all,1,de',
      ];
      writeFileSync(join(cwd, 'mine.csv'), `opinion,stars,language\n${rows.join('\n')}\n`);
      const { stdout, status } = await onTerminal(
        `'${process.execPath}' '${EXECUTABLE}' init project --no-commit --data mine.csv`,
        {
          ...{ cwd, env: { ...process.env, ...gitSettings(true), TERM: 'xterm' } },
          ...{ asks: /1–3( \[opinion\])?: /, answers: ['', '9', 'stars'] },
        },
      );
      expect([status, stdout]).toEqual([0, expect.stringContaining('2  stars: 5')]);
      expect(stdout).not.toContain('correct preprocessing.fields');
      expect(loadDataConfig(join(cwd, 'project')).preprocessing).toMatchObject({
        fields: { text: 'opinion', label: 'stars' },
      });
    },
  );
});
