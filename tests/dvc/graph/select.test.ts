import { rm } from 'node:fs/promises';
import { DiagnosticError } from '../../../diagnostics/index.js';
import { loadPipeline, openProject, select, type Pipeline, type Selection } from '../../../dvc/index.js';
import { samplePipelines, writeProject } from '../pipelines/index.js';

describe('select', () => {
  const opened = new Map<string, Pipeline>();

  beforeAll(async () => {
    for (const name of ['diamond', 'sub-folders', 'foreach-list', 'frozen', 'tracked-data']) {
      const sample = samplePipelines.find((candidate) => candidate.name === name);
      opened.set(name, await loadPipeline(await openProject(await writeProject(sample?.files ?? {}))));
    }
  });

  afterAll(async () => {
    for (const { project } of opened.values()) await rm(project.root, { recursive: true });
  });

  const selected = (name: string, selection: Partial<Selection>) =>
    select(opened.get(name) as Pipeline, { targets: [], ...selection }).map(({ address }) => address);

  it.each<[string, Partial<Selection>, string[]]>([
    ['everything', {}, ['a', 'b', 'c', 'd', 'g', 'f', 'e', 'alone']],
    ['a target with what it needs', { targets: ['d'] }, ['a', 'b', 'c', 'd']],
    ['several targets', { targets: ['f', 'b'] }, ['a', 'b', 'g', 'f']],
    ['single items, as they were named', { targets: ['d', 'a'], singleItem: true }, ['d', 'a']],
    ['what needs it', { targets: ['b'], downstream: true }, ['b', 'd', 'e']],
    ['all that is connected', { targets: ['g'], pipeline: true }, ['a', 'b', 'c', 'd', 'g', 'f', 'e']],
    ['a pattern', { targets: ['[bc]'], glob: true }, ['a', 'b', 'c']],
    ['a dvc.yaml', { targets: ['dvc.yaml'] }, ['a', 'b', 'c', 'd', 'g', 'f', 'e', 'alone']],
    ['an address with its file', { targets: ['./dvc.yaml:g'] }, ['g']],
    ['an out', { targets: ['./g.txt'] }, ['g']],
  ])('%s', (_, selection, expected) => {
    expect(selected('diamond', selection)).toEqual(expected);
  });

  it('takes the dvc.yaml of the current folder, or all when there is none', () => {
    expect(selected('sub-folders', { cwd: 'sub' })).toEqual(['first', 'sub/dvc.yaml:b']);
    expect(selected('tracked-data', { cwd: '.dvc' })).toEqual(['data.csv.dvc', 'head']);
  });

  it('names are those of the current folder', () => {
    expect(selected('sub-folders', { cwd: 'sub', targets: ['b'], singleItem: true })).toEqual([
      'sub/dvc.yaml:b',
    ]);
    expect(selected('sub-folders', { cwd: 'sub', targets: ['../dvc.yaml:first'] })).toEqual(['first']);
    expect(selected('sub-folders', { targets: ['sub/deeper/dvc.yaml:b'], singleItem: true })).toEqual([
      'sub/deeper/dvc.yaml:b',
    ]);
  });

  it('a folder stands for all that is defined in it', () => {
    expect(
      selected('sub-folders', { targets: ['sub'], recursive: true, singleItem: true }).toSorted(),
    ).toEqual(['sub/deeper/dvc.yaml:b', 'sub/dvc.yaml:b']);
  });

  it('a group stands for all that it generates', () => {
    expect(selected('foreach-list', { targets: ['build'], singleItem: true })).toEqual([
      'build@0',
      'build@1',
    ]);
    expect(selected('foreach-list', { targets: ['build@1'] })).toEqual(['clean@en', 'build@1']);
  });

  it('a frozen stage needs nobody', () => {
    expect(selected('frozen', { targets: ['after'] })).toEqual(['kept', 'after']);
  });

  it('tracked data comes before those that read it', () => {
    expect(selected('tracked-data', { targets: ['head'] })).toEqual(['data.csv.dvc', 'head']);
    expect(selected('tracked-data', { targets: ['data.csv.dvc'] })).toEqual(['data.csv.dvc']);
    expect(selected('tracked-data', { targets: ['data.csv'] })).toEqual(['data.csv.dvc']);
  });

  it.each([
    ['foreach-list', 'cleen', 'clean'],
    ['foreach-list', 'build@7', 'build@'],
    ['sub-folders', 'frist', 'first'],
    ['tracked-data', 'head.cvs', 'head.csv'],
  ])('%s: %s is unknown, with near names', (name, target, near) => {
    const choose = () => selected(name, { targets: [target] });
    expect(choose).toThrow(DiagnosticError);
    expect(choose).toThrow(expect.objectContaining({ code: 'stage-unknown', found: target }) as Error);
    expect(choose).toThrow(
      expect.objectContaining({ fix: expect.stringContaining(near) as string }) as Error,
    );
  });
});
