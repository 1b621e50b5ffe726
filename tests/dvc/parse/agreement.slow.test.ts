import { rm } from 'node:fs/promises';
import { loadPipeline, openProject, select, type Pipeline, type Selection } from '../../../dvc/index.js';
import { samplePipelines, writeProject } from '../pipelines/index.js';
import { describeWithDvc, dvc, run } from '../state/real-dvc.js';
import { askDvc, describePipeline, type RealPipeline } from './real-pipeline.js';

describeWithDvc('agreement with dvc on sample pipelines', () => {
  const cases = samplePipelines.map((sample) => sample.name);
  const roots = new Map<string, string>();
  const ours = new Map<string, Pipeline>();
  const theirs = new Map<string, RealPipeline>();
  const selections = new Map<string, Selection[]>();

  beforeAll(async () => {
    for (const { name, files } of samplePipelines) {
      const root = await writeProject(files);
      await run('git', ['init', '--quiet'], root);
      const pipeline = await loadPipeline(await openProject(root));
      roots.set(name, root);
      ours.set(name, pipeline);
      selections.set(name, selectionsFor(pipeline));
    }
    const answers = await askDvc(
      samplePipelines.map(({ name }) => ({
        root: roots.get(name) as string,
        selections: selections.get(name) ?? [],
      })),
    );
    samplePipelines.forEach(({ name }, index) => theirs.set(name, answers[index] as RealPipeline));
  }, 300_000);

  afterAll(async () => {
    for (const root of roots.values()) await rm(root, { recursive: true, force: true });
  });

  it.each(cases)('%s: the same stages, in the same order', (name) => {
    expect(describePipeline(ours.get(name) as Pipeline).stages).toEqual(theirs.get(name)?.stages);
  });

  it.each(cases)('%s: the same graph', (name) => {
    const { stages } = ours.get(name) as Pipeline;
    const frozen = stages.filter((stage) => stage.frozen).map(({ address }) => address);
    const expected = {
      ...theirs.get(name)?.upstream,
      ...Object.fromEntries(frozen.map((address) => [address, []])),
    };
    expect(Object.fromEntries((ours.get(name) as Pipeline).upstream)).toEqual(expected);
  });

  it.each(cases)('%s: the same selections', (name) => {
    const pipeline = ours.get(name) as Pipeline;
    for (const [index, selection] of (selections.get(name) ?? []).entries()) {
      const found = select(pipeline, selection).map(({ address }) => address);
      const expected = theirs.get(name)?.plans[index] as readonly string[];
      const isPart = 2 * found.length < pipeline.stages.length;
      // DVC goes through a small part of the graph in the order of a hash, which differs from run to run.
      expect({ selection, found: isPart ? found.toSorted() : found }).toEqual({
        selection,
        found: isPart ? [...expected].sort() : expected,
      });
      if (!selection.singleItem) expectOrder(found, pipeline);
    }
  });

  it('the order is that of dvc repro --dry', async () => {
    const name = 'diamond';
    const root = roots.get(name) as string;
    await dvc(['repro'], root);
    const { stdout } = await dvc(['repro', '--force', '--dry'], root);
    const order = [...stdout.matchAll(/^Running stage '(.*)':$/gm)].map(([, address]) => address);
    expect(select(ours.get(name) as Pipeline, { targets: [] }).map(({ address }) => address)).toEqual(order);
  });
});

/** Everything, each stage with each flag, and groups. */
function selectionsFor({ stages }: Pipeline): Selection[] {
  const own = stages.filter(({ address, name }) => address === name).map(({ name }) => name);
  const groups = [
    ...new Set(own.filter((name) => name.includes('@')).map((name) => name.slice(0, name.indexOf('@')))),
  ];
  const files = [...new Set(stages.map(({ address, name }) => (address === name ? 'dvc.yaml' : address)))];
  return [
    { targets: [] },
    { targets: [], allPipelines: true },
    { targets: [...own].reverse(), singleItem: true },
    { targets: [`${own[0]?.slice(0, 1) ?? ''}*`], glob: true },
    { targets: ['.'], recursive: true },
    ...[...own, ...groups, ...files].flatMap((target): Selection[] => [
      { targets: [target] },
      { targets: [target], singleItem: true },
      { targets: [target], downstream: true },
      { targets: [target], pipeline: true },
    ]),
  ];
}

function expectOrder(found: readonly string[], { upstream }: Pipeline): void {
  for (const [index, address] of found.entries()) {
    const late = (upstream.get(address) ?? []).filter((needed) => found.indexOf(needed) > index);
    expect({ address, late }).toEqual({ address, late: [] });
  }
}
