import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLock, stageStatus } from '../../../dvc/state/index.js';
import type { Project } from '../../../dvc/types.js';
import { describeWithDvc, dvc } from './real-dvc.js';
import { makeProject, readParams, repro, snapshot, stagesOf, write, type Sample } from './rig.js';
import { SAMPLES } from './samples.js';

/** What there is to compare between a project that we ran and its twin that DVC ran. */
function stateOf({ root, config }: Project) {
  return {
    lock: readFileSync(join(root, 'dvc.lock'), 'utf8'),
    ignored: readFileSync(join(root, '.gitignore'), 'utf8'),
    objects: snapshot(join(config.cacheDir, 'files'), false),
    runs: snapshot(join(config.cacheDir, 'runs')),
    git: execFileSync('git', ['status', '--porcelain', '--untracked-files=all'], {
      cwd: root,
      encoding: 'utf8',
    }).replace('?? .reprise/hashes.jsonl\n', ''),
  };
}

async function reproWithDvc(project: Project): Promise<string> {
  const result = await dvc(['repro'], project.root);
  if (result.code !== 0) throw new Error(`dvc repro: ${result.stderr}`);
  return result.stdout + result.stderr;
}

describeWithDvc('a project that we ran and one that DVC ran', () => {
  it.each(Object.entries(SAMPLES))('are equal to the byte: %s', async (_name, sample) => {
    const [ours, theirs] = [makeProject(sample), makeProject(sample)];
    const outcomes = await repro(ours, stagesOf(ours, sample));
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['ran']));
    await reproWithDvc(theirs);
    expect(stateOf(ours)).toEqual(stateOf(theirs));

    const status = await dvc(['status', '--json'], ours.root);
    expect(JSON.parse(status.stdout)).toEqual({});
    expect(await reproWithDvc(ours)).not.toContain('Running stage');
    expect(await changed(theirs, sample)).toEqual({});
    expect(new Set(Object.values(await repro(theirs, stagesOf(theirs, sample))))).toEqual(
      new Set(['skipped']),
    );
  });

  it("restore each other's runs and outs", async () => {
    const sample = SAMPLES.chain as Sample;
    const [ours, theirs] = [makeProject(sample), makeProject(sample)];
    await repro(ours, stagesOf(ours, sample));
    await reproWithDvc(theirs);
    const outs = ['clean.txt', 'model', 'report.csv', 'metrics.yaml', 'dvc.lock'];
    for (const { root } of [ours, theirs])
      for (const out of outs) rmSync(join(root, out), { recursive: true });
    expect(await reproWithDvc(ours)).not.toContain('Running stage');
    expect(new Set(Object.values(await repro(theirs, stagesOf(theirs, sample))))).toEqual(
      new Set(['restored']),
    );
    expect(stateOf(ours)).toEqual(stateOf(theirs));
    for (const { root } of [ours, theirs]) rmSync(join(root, 'model'), { recursive: true });
    expect(await reproWithDvc(ours)).not.toContain('Running stage');
    expect(await repro(theirs, stagesOf(theirs, sample))).toEqual({
      prepare: 'skipped',
      train: 'restored',
      report: 'skipped',
    });
    expect(stateOf(ours)).toEqual(stateOf(theirs));
  });

  it('rerun the same stages after the same changes', async () => {
    const sample = SAMPLES.chain as Sample;
    const project = makeProject(sample);
    await reproWithDvc(project);
    const before = readFileSync(join(project.root, 'params.yaml'), 'utf8');
    const changes: [string, () => void][] = [
      ['a param', () => writeFileSync(join(project.root, 'params.yaml'), before.replace('1e-05', '2e-05'))],
      [
        'a spelling',
        () => writeFileSync(join(project.root, 'params.yaml'), before.replace('ratio: 1.0', 'ratio: 1')),
      ],
      [
        'an unused param',
        () => writeFileSync(join(project.root, 'params.yaml'), before.replace('unused: 1', 'unused: 2')),
      ],
      [
        'a missing param',
        () => writeFileSync(join(project.root, 'params.yaml'), before.replace('steps: 100\n', '')),
      ],
      ['a dep', () => write(project.root, 'raw.txt', 'three\n')],
      ['an out', () => write(project.root, 'model/a.bin', 'x')],
      ['an out that is gone', () => rmSync(join(project.root, 'report.csv'))],
      ['an uncached out', () => write(project.root, 'metrics.yaml', 'acc: 0.6\n')],
    ];
    for (const [label, change] of changes) {
      change();
      const status = JSON.parse((await dvc(['status', '--json'], project.root)).stdout) as object;
      expect({ label, stages: Object.keys(await changed(project, sample)).sort() }).toEqual({
        label,
        stages: Object.keys(status).sort(),
      });
      writeFileSync(join(project.root, 'params.yaml'), before);
      write(project.root, 'raw.txt', 'one\ntwo\n');
      await dvc(['checkout', '--force'], project.root);
      write(project.root, 'metrics.yaml', 'acc: 0.5\n');
      expect(await changed(project, sample)).toEqual({});
    }
  });
});

async function changed(project: Project, sample: Sample): Promise<Record<string, unknown>> {
  const locked = await readLock(project, join(project.root, 'dvc.yaml'));
  const found: Record<string, unknown> = {};
  for (const stage of stagesOf(project, sample)) {
    const changes = await stageStatus(project, stage, locked.get(stage.name), readParams);
    if (changes.length > 0) found[stage.address] = changes;
  }
  return found;
}
