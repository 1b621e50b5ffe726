import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fetchObjects,
  fetchRun,
  fetchRuns,
  objectPath,
  openRemote,
  pushObjects,
  pushRun,
  pushRuns,
  runKey,
  type LockEntry,
  type Md5,
  type Project,
  type TransferProgress,
} from '../../../dvc/index.js';
import { describeWithS3, startS3, type S3Server } from '../../rig/s3.js';
import { cached, filesBelow, projectWith, s3Remote } from './rig.js';

/** Where a remote's objects can be looked at, and projects that use it. */
interface Place {
  readonly folder: string;
  newProject(): Promise<Project>;
}

function describeTransfer(name: string, open: () => Place): void {
  describe(name, () => {
    let place: Place;
    let project: Project;
    beforeEach(async () => {
      place = open();
      project = await place.newProject();
    });
    const push = async (hashes: Md5[], from = project) =>
      pushObjects({ project: from, remote: await openRemote(from), hashes });
    const fetch = async (into: Project, hashes: Md5[]) =>
      fetchObjects({ project: into, remote: await openRemote(into), hashes });

    it('brings files and folders to a remote and from there to another project, the same bytes', async () => {
      const hashes = [
        await cached(project, 'one', 'a single file'),
        await cached(project, 'empty', ''),
        await cached(project, 'folder', { a: '1', 'sub/b é': '2', c: '1' }),
      ];
      expect(await push(hashes)).toMatchObject({
        present: [],
        failed: [],
        bytes: expect.any(Number) as number,
      });
      expect(filesBelow(join(place.folder, 'files/md5'))).toEqual(
        filesBelow(join(project.config.cacheDir, 'files/md5')),
      );
      const other = await place.newProject();
      const fetched = await fetch(other, hashes);
      expect(fetched.failed).toEqual([]);
      expect(fetched.transferred.length).toBe(5);
      expect(filesBelow(other.config.cacheDir)).toEqual(filesBelow(project.config.cacheDir));
      expect(statSync(objectPath(other.config, hashes[0] as Md5)).mode & 0o777).toBe(0o444);
    });

    it('sends nothing twice, and fetches nothing twice', async () => {
      const hashes = [
        await cached(project, 'folder', { a: '1', b: '2' }),
        await cached(project, 'file', '3'),
      ];
      expect((await push(hashes)).transferred.length).toBe(4);
      expect(await push(hashes)).toMatchObject({ transferred: [], failed: [], bytes: 0 });
      const other = await place.newProject();
      await fetch(other, hashes);
      expect(await fetch(other, hashes)).toMatchObject({ transferred: [], failed: [], bytes: 0 });
    });

    it('holds a directory object back when one of its files cannot be sent', async () => {
      const folder = await cached(project, 'folder', { a: 'kept', b: 'lost' });
      const lost = await cached(project, 'lost', 'lost');
      const other = await cached(project, 'other', { c: 'fine' });
      rmSync(objectPath(project.config, lost));
      const { failed } = await push([folder, other]);
      expect(failed.map(({ md5, error }) => [md5, (error as { code?: string }).code])).toEqual([
        [lost, 'cache-missing'],
        [folder, 'directory-incomplete'],
      ]);
      const names = Object.keys(filesBelow(place.folder)).filter((name) => name.endsWith('.dir'));
      expect(names).toEqual([`files/md5/${other.slice(0, 2)}/${other.slice(2)}`]);
    });

    it('refuses an object that was damaged in the remote', async () => {
      const file = await cached(project, 'file', 'the right bytes');
      const folder = await cached(project, 'folder', { a: '1' });
      await push([file, folder]);
      for (const md5 of [file, folder]) {
        const path = join(place.folder, 'files/md5', md5.slice(0, 2), md5.slice(2));
        chmodSync(path, 0o644);
        writeFileSync(path, 'damaged');
      }
      const other = await place.newProject();
      const { failed, transferred } = await fetch(other, [file, folder]);
      expect(transferred).toEqual([]);
      for (const { error } of failed) expect(error).toMatchObject({ code: 'damaged-object' });
      expect(failed.length).toBe(2);
      expect(filesBelow(other.config.cacheDir)).toEqual({});
    });

    it('says which objects the remote lacks, and fetches the others', async () => {
      const [here, gone] = [await cached(project, 'here', 'here'), await cached(project, 'gone', 'gone')];
      await push([here]);
      const other = await place.newProject();
      const { failed, transferred } = await fetch(other, [here, gone]);
      expect(transferred).toEqual([here]);
      expect(failed).toMatchObject([{ md5: gone, error: { code: 'object-missing' } }]);
    });

    it('finds out what is there, also among hundreds', async () => {
      const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, `content ${n}`]));
      const folder = await cached(project, 'many', files);
      expect((await push([folder])).transferred.length).toBe(301);
      expect((await push([folder])).present.length).toBe(301);
      const more = await cached(project, 'many', { new: 'one more' });
      expect((await push([folder, more])).transferred.length).toBe(2);
    });

    it('tells how far it is', async () => {
      const hashes = [
        await cached(project, 'a', 'x'.repeat(1000)),
        await cached(project, 'b', 'y'.repeat(500)),
      ];
      const seen: TransferProgress[] = [];
      const onProgress = (progress: TransferProgress) => void seen.push(progress);
      await pushObjects({ project, remote: await openRemote(project), hashes, onProgress });
      expect(seen.at(0)).toEqual({ files: 0, totalFiles: 2, bytes: 0, totalBytes: 1500 });
      expect(seen.at(-1)).toEqual({ files: 2, totalFiles: 2, bytes: 1500, totalBytes: 1500 });
      const other = await place.newProject();
      await fetchObjects({ project: other, remote: await openRemote(other), hashes, onProgress });
      expect(seen.at(-1)).toEqual({ files: 2, totalFiles: 2, bytes: 1500 });
    });

    it('ends when it is told to', async () => {
      const hashes = [await cached(project, 'file', 'bytes')];
      const signal = AbortSignal.abort(new Error('enough'));
      const request = { project, remote: await openRemote(project), hashes, signal };
      await expect(pushObjects(request)).rejects.toThrow();
      await expect(fetchObjects({ ...request, project: await place.newProject() })).rejects.toThrow();
      expect(filesBelow(place.folder)).toEqual({});
    });

    it('brings one run with its outs to another project, and all records', async () => {
      const md5 = await cached(project, 'out', 'made');
      const entry: LockEntry = {
        cmd: 'make out',
        deps: [{ path: 'in', hash: 'md5', md5: 'd'.repeat(32) as Md5, size: 1 }],
        outs: [{ path: 'out', hash: 'md5', md5, size: 4 }],
      };
      expect(await pushRun(project, await openRemote(project), entry)).toEqual([]);
      const other = await place.newProject();
      const remote = await openRemote(other);
      expect(await fetchRun(other, remote, 'f'.repeat(64))).toBeUndefined();
      expect(await fetchRun(other, remote, runKey(entry))).toEqual(entry);
      expect(Object.keys(filesBelow(other.config.cacheDir)).length).toBe(2);
      expect(await fetchRuns(other, remote)).toBe(0);
      expect(await pushRuns(other, remote)).toBe(0);
      expect(await fetchRuns(await place.newProject(), remote)).toBe(1);
    });

    it('takes no record whose name is not that of its content', async () => {
      const remote = await openRemote(project);
      const [key, value] = ['a'.repeat(64), 'b'.repeat(64)];
      await remote.store.put(`runs/aa/${key}/${value}`, Buffer.from('cmd: rm -rf\nouts:\n- path: out\n'));
      await remote.store.put(`runs/aa/${key}/readme`, Buffer.from('not a run'));
      expect(await fetchRuns(project, remote)).toBe(0);
      expect(filesBelow(project.config.cacheDir)).toEqual({});
    });
  });
}

describeTransfer('a remote that is a folder', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'reprise-remote-')), 'remote');
  return { folder, newProject: () => projectWith(`['remote "storage"']\n    url = ${folder}\n`) };
});

describeWithS3('a remote on S3', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
  });
  afterAll(() => server.stop());

  describeTransfer('with a prefix', () => {
    const bucket = server.makeBucket();
    return {
      folder: join(server.folder(bucket), 'some/where'),
      newProject: () => projectWith(...s3Remote(server, `s3://${bucket}/some/where`)),
    };
  });
});
