import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commitLock, readLockEntry, saveOutputs, stageStatus } from '../../../dvc/state/index.js';
import type { LinkType, Project, Stage } from '../../../dvc/types.js';
import { describeWithDvc, dvc } from './real-dvc.js';
import { makeProject, readParams, repro, snapshot, stagesOf, write, type Sample } from './rig.js';

const small: Sample = {
  files: { 'in.txt': 'a\r\nb\r\n', 'params.yaml': 'p: 1\n' },
  stages: {
    one: {
      cmd: 'mkdir -p out && cp in.txt out/a && touch out/empty',
      deps: ['in.txt'],
      params: ['p'],
      outs: ['out'],
    },
    two: {
      cmd: 'cp in.txt single && echo tool > tool && chmod +x tool && echo 1 > m.txt',
      deps: ['in.txt', 'out'],
      outs: ['single', 'tool'],
      metrics: [{ 'm.txt': { cache: false } }],
    },
  },
};

const OUTS = ['out/a', 'out/empty', 'single', 'tool', 'm.txt'];

async function dvcOk(args: readonly string[], { root }: Project): Promise<string> {
  const result = await dvc(args, root);
  if (result.code !== 0) throw new Error(`dvc ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

function shapes({ root }: Project) {
  return OUTS.map((out) => {
    const info = lstatSync(join(root, out));
    const mode = info.isSymbolicLink() ? 'link' : (info.mode & 0o7777).toString(8);
    return { out, mode, symlink: info.isSymbolicLink(), shared: info.nlink > 1 };
  });
}

describeWithDvc('settings that change what DVC does', () => {
  it.each(['copy', 'hardlink', 'symlink', 'hardlink,symlink', 'reflink,hardlink,copy'])(
    'links as cache.type = %s says',
    async (types) => {
      const sample: Sample = {
        ...small,
        dvcConfig: `[cache]\n    type = "${types}"\n`,
        config: { cacheTypes: types.split(',') as LinkType[] },
      };
      const [ours, theirs] = [makeProject(sample), makeProject(sample)];
      await repro(ours, stagesOf(ours, sample));
      await dvcOk(['repro', '--quiet'], theirs);
      expect(shapes(ours)).toEqual(shapes(theirs));
      expect(readFileSync(join(ours.root, 'dvc.lock'), 'utf8')).toBe(
        readFileSync(join(theirs.root, 'dvc.lock'), 'utf8'),
      );
      expect(snapshot(join(ours.config.cacheDir, 'files'))).toEqual(
        snapshot(join(theirs.config.cacheDir, 'files')),
      );
      expect(JSON.parse(await dvcOk(['status', '--json'], ours))).toEqual({});
      // Again, over the links: nothing that the cache holds may change.
      for (const project of [ours, theirs]) write(project.root, 'params.yaml', 'p: 2\n');
      await repro(ours, stagesOf(ours, sample));
      await dvcOk(['repro', '--quiet'], theirs);
      expect(shapes(ours)).toEqual(shapes(theirs));
      for (const file of OUTS) rmSync(join(ours.root, file));
      await dvcOk(['checkout'], ours);
      expect(JSON.parse(await dvcOk(['status', '--json'], ours))).toEqual({
        two: [{ 'changed outs': { 'm.txt': 'deleted' } }],
      });
    },
  );

  it('shares the cache with a group', async () => {
    const sample: Sample = {
      ...small,
      dvcConfig: '[cache]\n    shared = group\n',
      config: { sharedGroup: true },
    };
    const [ours, theirs] = [makeProject(sample), makeProject(sample)];
    await repro(ours, stagesOf(ours, sample));
    await dvcOk(['repro', '--quiet'], theirs);
    expect(modes(ours.config.cacheDir)).toEqual(modes(theirs.config.cacheDir));
  });

  it('stages in git what a run wrote, when told to', async () => {
    const sample: Sample = { ...small, dvcConfig: '    autostage = true\n', config: { autostage: true } };
    const [ours, theirs] = [makeProject(sample), makeProject(sample)];
    await repro(ours, stagesOf(ours, sample));
    await dvcOk(['repro', '--quiet'], theirs);
    const staged = ({ root }: Project) =>
      execFileSync('git', ['diff', '--cached', '--name-only'], { cwd: root, encoding: 'utf8' });
    expect(staged(ours)).toBe(staged(theirs));
    expect(staged(ours)).toContain('dvc.lock');
  });

  it('leaves git alone, when told to', async () => {
    const sample: Sample = { ...small, dvcConfig: '    no_scm = true\n', config: { noScm: true } };
    const ours = makeProject(sample);
    await repro(ours, stagesOf(ours, sample));
    expect(readdirSync(ours.root)).not.toContain('.gitignore');
    expect(JSON.parse(await dvcOk(['status', '--json'], ours))).toEqual({});
  });
});

/** Of files and folders. */
function modes(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    found[name] = (statSync(join(folder, name)).mode & 0o7777).toString(8);
  return found;
}

describeWithDvc('what DVC 2 left behind', () => {
  const LEGACY: Sample = {
    files: { 'in.txt': 'a\r\nb\r\n', 'other.txt': 'x\n' },
    stages: { one: { cmd: 'cp in.txt out.txt', deps: ['in.txt', 'other.txt'], outs: ['out.txt'] } },
  };
  const text = createHash('md5').update('a\nb\n').digest('hex');
  const other = createHash('md5').update('x\n').digest('hex');

  function makeLegacy(): Project {
    const project = makeProject(LEGACY);
    write(
      project.root,
      'dvc.lock',
      `schema: '2.0'\nstages:\n  one:\n    cmd: cp in.txt out.txt\n    deps:\n    - path: in.txt\n      md5: ${text}\n      size: 6\n    - path: other.txt\n      md5: ${other}\n      size: 2\n    outs:\n    - path: out.txt\n      md5: ${text}\n      size: 6\n`,
    );
    write(project.root, 'out.txt', 'a\r\nb\r\n');
    const object = write(project.config.cacheDir, `${text.slice(0, 2)}/${text.slice(2)}`, 'a\r\nb\r\n');
    execFileSync('chmod', ['444', object]);
    return project;
  }

  it('is up to date for both, and is kept where nothing changed', async () => {
    const [ours, theirs] = [makeLegacy(), makeLegacy()];
    const [stage] = stagesOf(ours, LEGACY) as [Stage];
    expect(await stageStatus(ours, stage, await readLockEntry(ours, stage), readParams)).toEqual([]);
    expect(JSON.parse(await dvcOk(['status', '--json'], theirs))).toEqual({});
    for (const project of [ours, theirs]) write(project.root, 'other.txt', 'changed\n');
    expect(await repro(ours, stagesOf(ours, LEGACY))).toEqual({ one: 'ran' });
    await dvcOk(['repro', '--quiet'], theirs);
    expect(readFileSync(join(ours.root, 'dvc.lock'), 'utf8')).toBe(
      readFileSync(join(theirs.root, 'dvc.lock'), 'utf8'),
    );
    expect(snapshot(ours.config.cacheDir)).toEqual(snapshot(theirs.config.cacheDir));
  });
});

describeWithDvc('.dvc files', () => {
  function sourceStage(project: Project, path: string): Stage {
    const at = { file: `${path}.dvc` };
    const file = join(project.root, path);
    return {
      address: `${path}.dvc`, name: `${path}.dvc`, dvcfile: `${file}.dvc`, wdir: project.root, cmd: undefined, deps: [], params: [],
      outs: [{ path, file, kind: 'out', cache: true, persist: false, at }],
      frozen: false, alwaysChanged: false, desc: undefined, meta: undefined, at, locate: () => at,
    }; // prettier-ignore
  }

  it('are read and rewritten as DVC does', async () => {
    const sample: Sample = { files: { 'data/a': '1', 'data/b': '2', 'one.txt': 'x' }, stages: {} };
    const projects = [makeProject(sample), makeProject(sample)] as const;
    const [ours, theirs] = projects;
    for (const project of projects) {
      await dvcOk(['add', '--quiet', 'data', 'one.txt'], project);
      const path = join(project.root, 'data.dvc');
      write(
        project.root,
        'data.dvc',
        `# what it is\n${readFileSync(path, 'utf8')}  desc: all of it # really\nmeta:\n  owner: "me"\n  list: [1, 2]\n`,
      );
    }
    for (const path of ['data', 'one.txt']) {
      const stage = sourceStage(ours, path);
      expect(await stageStatus(ours, stage, await readLockEntry(ours, stage), readParams)).toEqual([]);
    }
    for (const { root } of projects) {
      write(root, 'data/c', '3');
      rmSync(join(root, 'one.txt'));
      write(root, 'one.txt', 'a longer text');
      execFileSync('chmod', ['755', join(root, 'one.txt')]);
    }
    for (const path of ['data', 'one.txt']) {
      const stage = sourceStage(ours, path);
      const locked = await readLockEntry(ours, stage);
      expect(await stageStatus(ours, stage, locked, readParams)).toEqual([
        { kind: 'out', path, reason: 'modified' },
      ]);
      const entry = await saveOutputs(ours, stage, readParams, locked);
      await commitLock(ours, stage.dvcfile, new Map([[stage.name, entry]]), {
        plannedOrder: [],
        namesBefore: [],
      });
    }
    await dvcOk(['repro', '--quiet', 'data.dvc', 'one.txt.dvc'], theirs);
    for (const name of ['data.dvc', 'one.txt.dvc'])
      expect(readFileSync(join(ours.root, name), 'utf8')).toBe(readFileSync(join(theirs.root, name), 'utf8'));
    expect(JSON.parse(await dvcOk(['status', '--json'], ours))).toEqual({});
    expect(snapshot(ours.config.cacheDir)).toEqual(snapshot(theirs.config.cacheDir));
  });
});
