import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  addRemote,
  modifyRemote,
  openProject,
  readRemotes,
  removeRemote,
  renameRemote,
  setDefaultRemote,
  type Project,
} from '../../../dvc/index.js';
import { writeFiles } from '../../rig/project.js';
import { describeWithDvc, dvc, python } from '../state/real-dvc.js';

interface Step {
  readonly dvc: readonly string[];
  ours(project: Project): Promise<void>;
}

const at = (project: Project) => ({ cwd: project.root });
const local = (project: Project) => ({ cwd: project.root, level: 'local' as const });
const modify = (name: string, option: string, value: string): Step => ({
  dvc: ['modify', name, option, value],
  ours: (project) => modifyRemote(project, name, option, value, at(project)),
});

/** What users type, one after another, in one project. */
const steps: readonly Step[] = [
  {
    dvc: ['add', '-d', 'Storage', 's3://bucket/path'],
    ours: (project) =>
      addRemote(project, 'Storage', 's3://bucket/path', { ...at(project), makeDefault: true }),
  },
  {
    dvc: ['add', 'near', '../store'],
    ours: (project) => addRemote(project, 'near', '../store', at(project)),
  },
  { dvc: ['add', 'home', '~/store'], ours: (project) => addRemote(project, 'home', '~/store', at(project)) },
  {
    dvc: ['add', 'far', '/some/where'],
    ours: (project) => addRemote(project, 'far', '/some/where', at(project)),
  },
  modify('storage', 'endpointurl', 'http://host:9000'),
  modify('storage', 'profile', 'a b'),
  modify('storage', 'credentialpath', 'keys/aws'),
  modify('storage', 'sse', 'with, comma'),
  modify('storage', 'acl', 'with # hash'),
  modify('storage', 'region', 'it is "quoted"'),
  modify('storage', 'sse_kms_key_id', "it's"),
  modify('storage', 'read_timeout', '30'),
  modify('storage', 'ssl_verify', `both ' and "`),
  modify('STORAGE', 'jobs', '8'),
  {
    dvc: ['modify', '--local', 'storage', 'secret_access_key', 'a+b/c='],
    ours: (project) => modifyRemote(project, 'storage', 'secret_access_key', 'a+b/c=', local(project)),
  },
  {
    dvc: ['modify', '--unset', 'storage', 'profile'],
    ours: (project) => modifyRemote(project, 'storage', 'profile', undefined, at(project)),
  },
  { dvc: ['default', 'near'], ours: (project) => setDefaultRemote(project, 'near', at(project)) },
  {
    dvc: ['default', '--local', 'far'],
    ours: (project) => setDefaultRemote(project, 'far', local(project)),
  },
  {
    dvc: ['rename', 'near', 'nearer'],
    ours: (project) => renameRemote(project, 'near', 'nearer', at(project)),
  },
  { dvc: ['remove', 'far'], ours: (project) => removeRemote(project, 'far', at(project)) },
  { dvc: ['default', '--unset'], ours: (project) => setDefaultRemote(project, undefined, at(project)) },
  {
    dvc: ['add', '--force', 'nearer', 's3://other'],
    ours: (project) => addRemote(project, 'nearer', 's3://other', { ...at(project), force: true }),
  },
];

const makeProject = async (): Promise<Project> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-config-')));
  writeFiles(root, { '.dvc/config': '[core]\n    no_scm = True\n    analytics = False\n' });
  return openProject(root);
};

const configs = ({ root }: Project) =>
  ['config', 'config.local'].map((name) => {
    try {
      return readFileSync(join(root, '.dvc', name), 'utf8');
    } catch {
      return '';
    }
  });

describeWithDvc('agreement with dvc remote', () => {
  it('writes the same bytes, step by step', async () => {
    const [theirs, mine] = [await makeProject(), await makeProject()];
    const script = readFileSync(join(import.meta.dirname, 'run-remote.py'), 'utf8');
    const answer = await python(script, JSON.stringify(steps.map((step) => step.dvc)), theirs.root);
    const expected = JSON.parse(answer) as string[][];
    expect(expected.length).toBe(steps.length);
    for (const [index, step] of steps.entries()) {
      await step.ours(mine);
      expect([step.dvc, ...configs(mine)]).toEqual([step.dvc, ...(expected[index] ?? [])]);
    }
  });

  it('lists the same remotes', async () => {
    const project = await makeProject();
    for (const step of steps) await step.ours(project);
    const { stdout } = await dvc(['remote', 'list'], project.root);
    const { byName } = readRemotes(project.root);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2));
    expect(listed).toEqual([...byName].map(([name, settings]) => [name, settings.get('url')?.value]));
  });
});
