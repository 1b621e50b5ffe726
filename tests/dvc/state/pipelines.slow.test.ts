import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  loadPipeline,
  openProject,
  readLockEntry,
  readParams,
  select,
  stageStatus,
} from '../../../dvc/index.js';
import type { Project } from '../../../dvc/index.js';
import { samplePipelines } from '../pipelines/index.js';
import { describeWithDvc, dvc } from './real-dvc.js';
import { makeProject, repro, snapshot, write } from './rig.js';

function makeSample(files: Readonly<Record<string, string>>): string {
  const { root } = makeProject({ stages: {}, files: {} });
  for (const [path, content] of Object.entries(files)) write(root, path, content);
  return root;
}

/** Lock files, `.gitignore` and `.dvc` files, the cache's objects and runs. */
function stateOf({ root, config }: Project) {
  const texts: Record<string, string> = {};
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' }))
    if (/(^|\/)(dvc\.lock|\.gitignore|[^/]+\.dvc)$/.test(name) && !/^\.(git|dvc|reprise)\//.test(name))
      texts[name] = readFileSync(join(root, name), 'utf8');
  const runs = Object.keys(snapshot(join(config.cacheDir, 'runs'))).sort();
  return { texts, runs, objects: snapshot(join(config.cacheDir, 'files'), false) };
}

describeWithDvc('every sample pipeline, run by us and by DVC', () => {
  it.each(samplePipelines.map((sample) => [sample.name, sample] as const))(
    'leaves the same behind: %s',
    async (_name, { files, alwaysRuns = [] }) => {
      const [ours, theirs] = [await openProject(makeSample(files)), await openProject(makeSample(files))];
      const pipeline = await loadPipeline(ours);
      const stages = select(pipeline, { targets: [], cwd: ours.root, allPipelines: true });
      await repro(ours, stages, readParams);
      const reproduced = await dvc(['repro', '--all-pipelines'], theirs.root);
      if (reproduced.code !== 0) throw new Error(reproduced.stderr);
      expect(stateOf(ours)).toEqual(stateOf(theirs));

      const status = JSON.parse((await dvc(['status', '--json'], ours.root)).stdout) as object;
      expect(Object.keys(status).sort()).toEqual([...alwaysRuns].sort());
      const changed: string[] = [];
      for (const stage of (await loadPipeline(theirs)).stages)
        if ((await stageStatus(theirs, stage, await readLockEntry(theirs, stage), readParams)).length > 0)
          changed.push(stage.address);
      expect(changed.sort()).toEqual([...alwaysRuns].sort());
    },
  );
});
