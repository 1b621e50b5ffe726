import { rm } from 'node:fs/promises';
import { loadPipeline, openProject, type Pipeline } from '../../../dvc/index.js';
import { samplePipelines, text, writeProject } from '../pipelines/index.js';

describe('loadPipeline', () => {
  const roots: string[] = [];

  afterEach(async () => {
    for (const root of roots.splice(0)) await rm(root, { recursive: true });
  });

  const load = async (files: Readonly<Record<string, string>>): Promise<Pipeline> => {
    const root = await writeProject(files);
    roots.push(root);
    return loadPipeline(await openProject(root));
  };
  const sample = (name: string) => samplePipelines.find((candidate) => candidate.name === name)?.files ?? {};

  it('resolves templates to the types and spellings of Python', async () => {
    const { stages } = await load(sample('templating'));
    expect(stages[0]?.cmd).toBe(
      "echo tiny 64 32 0.001 0.5 1.0 true None merged from-dvc-yaml found no 15 1000 12345678901234567890 '${escaped}' > tiny.txt",
    );
    expect(stages[0]).toMatchObject({ meta: { rate: 0.001, name: 'the tiny one' }, desc: 'trains tiny' });
  });

  it('names generated stages as dvc does', async () => {
    const names = async (name: string) => (await load(sample(name))).stages.map((stage) => stage.name);
    expect(await names('foreach-list')).toEqual([
      'clean@en',
      'clean@de',
      'clean@3',
      'clean@1.5',
      'clean@True',
      'build@0',
      'build@1',
      'literal@a',
      'literal@b',
    ]);
    expect(await names('foreach-dict')).toEqual([
      'train@us',
      'train@10',
      'train@a',
      'inline@first',
      'inline@second',
    ]);
    expect(await names('matrix')).toContain('composite@opt1-None');
  });

  it('writes a mapping as options of a command', async () => {
    const [stage] = (await load(sample('dict-in-cmd'))).stages;
    expect(stage?.cmd).toBe(
      `echo --lr 0.001 --name 'with space' --flag --list 1 two 'th ree' --none None --nested.deep 1e-05 --nested.quote 'it'"'"'s' > out.txt`,
    );
    const [configured] = (await load(sample('dict-in-cmd-configured'))).stages;
    expect(configured?.cmd).toBe('echo --flag --no-off --list 1 --list two > out.txt');
  });

  it('says where a value inside a stage stands, also of a generated one', async () => {
    const { stages } = await load({
      'dvc.yaml': text`
        stages:
          train:
            foreach: [a, b]
            do:
              cmd: echo \${item}
              meta:
                reprise:
                  retries: many
      `,
    });
    const path = ['meta', 'reprise', 'retries'];
    expect(stages[1]?.locate(path)).toEqual({
      file: 'dvc.yaml',
      line: 8,
      column: 11,
      source: '          retries: many',
    });
    expect(stages[1]?.locate([...path, 'deeper']).line).toBe(8);
    expect(stages[1]?.locate(['nothing']).line).toBe(4);
  });

  it('looks into no outs, and into nothing that is ignored or ours', async () => {
    const stage = (name: string) => `stages:\n  ${name}:\n    cmd: x\n`;
    const { stages } = await load({
      'dvc.yaml': 'stages:\n  a:\n    cmd: x\n    outs: [made]\n',
      'made/inner/dvc.yaml': stage('in-out'),
      'kept/dvc.yaml': stage('kept'),
      'hidden/dvc.yaml': stage('hidden'),
      '.dvcignore': 'hidden\n',
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.gitignore': '/private/\n',
      'private/dvc.yaml': stage('private'),
      '.reprise/copy/dvc.yaml': stage('ours'),
      'other/.dvc/config': '',
      'other/dvc.yaml': stage('of another project'),
    });
    expect(stages.map(({ address }) => address)).toEqual(['a', 'kept/dvc.yaml:kept']);
  });

  it('keeps the flags of outs', async () => {
    const { stages } = await load(sample('persist-and-no-cache'));
    expect(stages[0]?.outs.map(({ path, cache, persist }) => ({ path, cache, persist }))).toEqual([
      { path: 'log.txt', cache: true, persist: true },
      { path: 'plain.txt', cache: false, persist: false },
      { path: 'state', cache: false, persist: true },
    ]);
  });

  it('takes deps from outside the project', async () => {
    const { stages, project } = await load({
      'dvc.yaml': 'stages:\n  a:\n    cmd: x\n    deps: [../b, /c/d, in/../e]\n',
    });
    expect(stages[0]?.deps.map(({ path, file }) => ({ path, file }))).toEqual([
      { path: '../b', file: project.root.replace(/[^/]*$/, 'b') },
      { path: '/c/d', file: '/c/d' },
      { path: 'in/../e', file: `${project.root}/e` },
    ]);
  });
});
