import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { announceVersion } from '../../../tracking/index.js';
import { pendingFolder } from '../../../tracking/journal/pending.js';
import { putInFiles } from '../../../tracking/registry/file-registry.js';
import type { RegisteredVersion } from '../../../tracking/registry/registered-version.js';
import { writeFiles } from '../../rig/project.js';

const of = { runId: 'a-run', source: 'file:///a-run/artifacts/model' };

function version(number: number, aliases: Partial<RegisteredVersion['aliases']> = {}): RegisteredVersion {
  return {
    model: 'cats',
    version: number,
    description: `the ${number}th`,
    tags: { stage: 'train' },
    aliases: { set: [], unset: [], ...aliases },
  };
}

const store = (): string => mkdtempSync(join(tmpdir(), 'reprise-registry-'));
const textOf = (root: string, path: string): string => readFileSync(join(root, 'models/cats', path), 'utf8');

describe("MLflow's registry in files", () => {
  it('has a version once, and its aliases where they were put last', async () => {
    const root = store();
    await putInFiles(root, version(1, { set: ['candidate'] }), of);
    const meta = textOf(root, 'version-1/meta.yaml');
    expect(parse(meta)).toMatchObject({
      name: 'cats',
      version: 1,
      run_id: 'a-run',
      source: of.source,
      status: 'READY',
    });
    await putInFiles(root, version(2, { set: ['candidate'] }), of);
    await putInFiles(root, version(1, { set: ['production'], unset: ['candidate'] }), of);
    expect(textOf(root, 'version-1/meta.yaml')).toBe(meta);
    expect([textOf(root, 'aliases/production'), textOf(root, 'aliases/candidate')]).toEqual(['1', '2']);
    await putInFiles(root, version(2, { set: ['production'], unset: ['candidate'] }), of);
    expect(readdirSync(join(root, 'models/cats/aliases'))).toEqual(['production']);
    expect(textOf(root, 'aliases/production')).toBe('2');
  });

  it('leaves the versions of others as they are: ours gets another number, and is known by its tag', async () => {
    const root = store();
    writeFiles(root, {
      'models/cats/meta.yaml': 'name: cats\n',
      'models/cats/version-1/meta.yaml': 'theirs\n',
    });
    await putInFiles(root, version(1, { set: ['production'] }), of);
    expect(textOf(root, 'version-1/meta.yaml')).toBe('theirs\n');
    expect(textOf(root, 'meta.yaml')).toBe('name: cats\n');
    expect([textOf(root, 'version-2/tags/reprise.version'), textOf(root, 'aliases/production')]).toEqual([
      '1',
      '2',
    ]);
    await putInFiles(root, version(1), of);
    await putInFiles(root, version(2), of);
    expect(
      readdirSync(join(root, 'models/cats'))
        .filter((name) => name.startsWith('version-'))
        .sort(),
    ).toEqual(['version-1', 'version-2', 'version-3']);
  });

  it('is told through a journal, of a model too that no run is known of', async () => {
    const [root, state] = [store(), store()];
    const target = { kind: 'files', folder: root, uri: 'file:///store' } as const;
    const refuse = (message: string): never => {
      throw new Error(message);
    };
    const told = { state, target, experiment: 'E', md5: `${'0'.repeat(32)}.dir`, onRefused: refuse };
    const end = await announceVersion({ ...told, version: version(1, { set: ['candidate'] }) });
    expect(end).toEqual({ sent: 1, unsent: 0, elsewhere: {}, problem: undefined });
    await announceVersion({ ...told, version: version(1, { set: ['production'], unset: ['candidate'] }) });
    expect(readdirSync(join(root, 'models/cats/aliases'))).toEqual(['production']);
    expect(readdirSync(pendingFolder(state))).toEqual([]);
    // One run for the two.
    const [experiment = ''] = readdirSync(root).filter((name) => /^\d+$/.test(name));
    expect(readdirSync(join(root, experiment)).filter((name) => name !== 'meta.yaml')).toHaveLength(1);
  });
});
