import { rm } from 'node:fs/promises';
import {
  loadPipeline,
  openProject,
  selectOutputs,
  type OutputSelection,
  type Pipeline,
} from '../../../dvc/index.js';
import { writeProject } from '../pipelines/index.js';

const FILES = {
  'dvc.yaml': `stages:
  first:
    cmd: make first
    outs: [one, two/deep]
    metrics: [{scores.json: {cache: false}}]
  second:
    cmd: make second
    deps: [one]
    outs: [three: {remote: elsewhere, push: false}]
  alone:
    cmd: make alone
    outs: [four]
`,
  'sub/dvc.yaml': 'stages:\n  third:\n    cmd: make third\n    outs: [five]\n',
  'data.csv.dvc':
    'outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  hash: md5\n  path: data.csv\n  remote: elsewhere\n',
};

describe('selectOutputs', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await loadPipeline(await openProject(await writeProject(FILES)));
  });
  afterAll(() => rm(pipeline.project.root, { recursive: true }));

  const selected = (selection: Partial<OutputSelection>) =>
    selectOutputs(pipeline, { targets: [], ...selection })
      .map(({ out }) => out.path)
      .sort();

  it.each<[string, Partial<OutputSelection>, string[]]>([
    ['all of the project that is cached', {}, ['data.csv', 'five', 'four', 'one', 'three', 'two/deep']],
    ['those of a stage', { targets: ['first'] }, ['one', 'two/deep']],
    ['one out of several', { targets: ['two/deep'] }, ['two/deep']],
    ['an out that is not cached: nothing', { targets: ['scores.json'] }, []],
    ['a .dvc file', { targets: ['data.csv.dvc'] }, ['data.csv']],
    ['what a .dvc file tracks', { targets: ['data.csv'] }, ['data.csv']],
    ['a dvc.yaml', { targets: ['sub/dvc.yaml'] }, ['five']],
    ['a folder', { targets: ['sub'], recursive: true }, ['five']],
    ['a stage with what it needs', { targets: ['second'], withDeps: true }, ['one', 'three', 'two/deep']],
    [
      'an out with what its stage needs',
      { targets: ['three'], withDeps: true },
      ['one', 'three', 'two/deep'],
    ],
    ['several, each once', { targets: ['one', 'first', 'four'] }, ['four', 'one', 'two/deep']],
    ['a stage in the current folder', { targets: ['third'], cwd: 'sub' }, ['five']],
    ['an out from the current folder', { targets: ['../one'], cwd: 'sub' }, ['one']],
  ])('%s', (_, selection, expected) => {
    expect(selected(selection)).toEqual(expected);
  });

  it('knows to which remote an out goes, and whether', () => {
    const outs = Object.fromEntries(
      selectOutputs(pipeline, { targets: [] }).map(({ out }) => [out.path, [out.remote, out.push]]),
    );
    expect(outs).toMatchObject({
      one: [undefined, undefined],
      three: ['elsewhere', false],
      'data.csv': ['elsewhere', undefined],
    });
  });

  it.each([
    ['two/deep/inside.txt', 'inside-output'],
    ['nothing', 'stage-unknown'],
  ])('refuses %s: %s', (target, code) => {
    expect(() => selected({ targets: [target] })).toThrow(expect.objectContaining({ code }) as Error);
  });
});
