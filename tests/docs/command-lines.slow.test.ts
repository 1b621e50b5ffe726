import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SweepState } from '../../workflows/index.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { freePort } from '../rig/free-port.js';
import { startGit } from '../rig/git-server.js';
import { writeFiles } from '../rig/project.js';
import { newData, retrainingProject } from '../rig/retraining.js';
import { makeGitProject } from '../rig/sweep-project.js';
import { startTemporal } from '../rig/temporal.js';
import { RUN, RUN_IN } from './classes.js';
import { Shell, type Ended } from './shell.js';
import { ROOT, linesOf } from './shell-blocks.js';

jest.setTimeout(600_000);

let env: TestWorkflowEnvironment;
const shells: Shell[] = [];
const ran = new Set<string>();

beforeAll(async () => {
  env = await startTemporal();
});
afterEach(async () => {
  for (const shell of shells.splice(0)) {
    shell.ran.forEach((line) => ran.add(line));
    await shell.end();
  }
});
afterAll(async () => {
  await env?.teardown();
});

function open(
  cwd: string,
  replace: Readonly<Record<string, string>> = {},
  more: NodeJS.ProcessEnv = {},
): Shell {
  const shell = new Shell(cwd, { TEMPORAL_ADDRESS: env.address, ...more }, replace);
  shells.push(shell);
  return shell;
}

/** Runs a line that must succeed. */
async function well(
  shell: Shell,
  line: string,
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output }: Ended = await shell.run(line, more);
  if (code !== 0) throw new Error(`${line}\nended with ${code}:\n${output}`);
  return output;
}

interface Definitions {
  readonly definition: Readonly<
    Partial<Record<`${'query' | 'signal' | 'update'}Definitions`, readonly { readonly name: string }[]>>
  > & { readonly type: string };
}

/** By workflow: what a line has to say, `query --workflow-id ID --type state`. */
const handlers = new Map<string, readonly string[]>();

/** Asks a workflow what it takes. */
async function noteHandlers({ ID = '' }: Readonly<Record<string, string>>): Promise<void> {
  const { definition } = await env.client.workflow
    .getHandle(ID)
    .query<Definitions>('__temporal_workflow_metadata');
  const { type, queryDefinitions = [], signalDefinitions = [], updateDefinitions = [] } = definition;
  const own = queryDefinitions.filter(({ name }) => !name.startsWith('__'));
  handlers.set(type, [
    ...own.map(({ name }) => `temporal workflow query --workflow-id ID --type ${name}`),
    ...signalDefinitions.map(({ name }) => `temporal workflow signal --workflow-id ID --name ${name}`),
    ...updateDefinitions.map(
      ({ name }) => `temporal workflow update execute --workflow-id ID --name ${name}`,
    ),
  ]);
}

const temporary = (): string => mkdtempSync(join(tmpdir(), 'reprise-docs-'));
const WORKER = 'reprise worker --project /srv/project';

/** A pipeline whose training goes on for as long as a file `hold` is there. */
const PIPELINE = {
  'params.yaml': 'train:\n  lr: 0.01\nfinetuning:\n  learning_rate: 0.0001\n',
  'train.sh':
    'while [ -e hold ]; do sleep 0.2; done\necho trained | tee model\necho \'{"accuracy": 0.5, "finetuned": {"accuracy": 0.5}}\' > metrics.json\n',
  'dvc.yaml': `stages:
  prepare: {cmd: echo data > data.txt, outs: [data.txt]}
  train:
    cmd: sh train.sh
    deps: [data.txt, train.sh]
    params: [train.lr, finetuning.learning_rate]
    outs: [model]
    metrics: [{metrics.json: {cache: false}}]
  evaluate_model: {cmd: cat model > report.txt, deps: [model], outs: [report.txt]}
`,
  '.gitignore': '/.reprise\n/hold\n/data.txt\n/model\n/report.txt\n',
};

describe('the lines of the pages run', () => {
  it('in a pipeline', async () => {
    const root = makeGitProject(PIPELINE);
    const shell = open(root, { '/srv/project': root });
    await shell.serve(WORKER, /queues/);
    for (const line of [
      'reprise repro',
      'reprise repro --dry',
      'reprise repro --dry --allow-missing',
      'reprise repro --json',
      'reprise schemas',
      'reprise repro train --force',
      'reprise runs list',
      'reprise runs list --status failed --project my-project -n 50',
      'reprise runs show latest',
      'reprise workers',
      `temporal workflow list --query 'RepriseProject = "my-project" AND RepriseStatus = "running"'`,
    ])
      await well(shell, line);
    // `reprise workers` asked by a workflow, which is no run.
    expect(await well(shell, 'reprise runs logs latest')).toContain('trained');
    expect(await well(shell, 'reprise runs logs latest train -f')).toContain('trained');

    const [run] = readdirSync(join(root, '.reprise/logs'));
    // The host's name → its id.
    const ids = JSON.parse(readFileSync(join(root, '.reprise/host.json'), 'utf8')) as Record<string, string>;
    await well(shell, RUN_IN.pipeline.find((line) => line.includes('readLog')) as string, {
      'HOST-ID': Object.values(ids)[0] as string,
      'RUN-ID': run as string,
    });
    const { workers } = JSON.parse(await well(shell, 'reprise workers --json')) as {
      workers: { identity: string }[];
    };
    const asked = await well(
      shell,
      RUN_IN.pipeline.find((line) => line.includes('describeWorkers')) as string,
      {
        '7015@alpha-3f9c': workers[0]?.identity as string,
      },
    );
    expect(asked).toContain(root);

    for (const line of RUN_IN.pipeline.filter((each) => each.startsWith('reprise remote')))
      await well(shell, line);
    expect(readFileSync(join(root, '.dvc/config'), 'utf8')).toContain(
      'endpointurl = https://minio.example.com',
    );
    writeFiles(root, {
      '.dvc/config': `['remote "here"']\n    url = ${temporary()}\n[core]\n    remote = here\n`,
    });
    await well(shell, 'reprise push');
    rmSync(join(root, '.dvc/cache'), { recursive: true });
    await well(shell, 'reprise pull');
  });

  it('on a run that goes on', async () => {
    const root = makeGitProject({ ...PIPELINE, hold: '' });
    const shell = open(root, { '/srv/project': root });
    await shell.serve(WORKER, /queues/);
    const start = RUN_IN.pipeline.find((line) => line.startsWith('temporal workflow start')) as string;
    const begin = async (): Promise<Readonly<Record<string, string>>> => {
      const id = /WorkflowId\s+(\S+)/.exec(await well(shell, start))?.[1] as string;
      for (;;) {
        const state = await shell.run('temporal workflow query --workflow-id ID --type state', { ID: id });
        if (/"?train"?[^]*running/.test(state.output)) return { ID: id };
      }
    };
    const first = await begin();
    expect(await well(shell, 'temporal workflow metadata --workflow-id ID', first)).toContain('configure');
    await noteHandlers(first);
    for (const line of RUN_IN.pipeline.filter((each) =>
      /^temporal workflow (signal|update|cancel)/.test(each),
    ))
      await well(shell, line, first);
    await shell.run('temporal workflow result --workflow-id ID', first);

    const second = await begin();
    await well(shell, 'reprise runs pause latest train');
    await well(shell, RUN_IN.pipeline.find((line) => line.includes('&& reprise runs configure')) as string);
    await shell.serve('reprise worker --project /srv/project --labels a100 --slots cpu=4,gpu=2', /queues/);
    await well(shell, 'reprise runs cancel latest');
    await shell.run('temporal workflow result --workflow-id ID', second);
    rmSync(join(root, 'hold'));
    await well(shell, 'reprise runs retry latest');
  });

  it('with a sweep', async () => {
    const root = makeGitProject(PIPELINE);
    const shell = open(root, { '/srv/project': root });
    await shell.serve(WORKER, /queues/);
    await well(shell, 'reprise sweep run --param train.lr=0.001,0.01 --metric metrics.json:accuracy');
    expect(await well(shell, 'reprise sweep list')).toContain('2');
    expect(await well(shell, 'reprise sweep show')).toContain('0.001');
    await well(shell, 'reprise sweep apply');
    // It has ended, which is said.
    expect((await shell.run('reprise sweep cancel')).output).toContain('no sweep of this project is open');
    const started = await well(shell, RUN_IN.sweep.find((line) => line.startsWith('temporal')) as string);
    const result = await shell.run('temporal workflow result --workflow-id ID', {
      ID: /WorkflowId\s+(\S+)/.exec(started)?.[1] as string,
    });
    expect(result).toMatchObject({ code: 0, output: expect.stringContaining('COMPLETED') });
  });

  it('on a sweep that goes on', async () => {
    const root = makeGitProject({ ...PIPELINE, 'train.sh': 'sleep 600\n' });
    const shell = open(root, { '/srv/project': root });
    await shell.serve(WORKER, /queues/);
    const started = await well(shell, RUN_IN.sweep.find((line) => line.includes('--type sweep')) as string);
    const ID = /WorkflowId\s+(\S+)/.exec(started)?.[1] as string;
    const trialThatRuns = async (label: string): Promise<Readonly<Record<string, string>>> => {
      for (;;) {
        const { id, trials } = await env.client.workflow.getHandle(ID).query<SweepState>('state');
        if (trials.find((trial) => trial.label === label)?.progress)
          return { 'TRIAL-ID': `${ID}-${id}-${label}`, ID };
      }
    };
    const first = await trialThatRuns('001');
    await noteHandlers({ ID });
    await well(shell, RUN_IN.sweep.find((line) => line.includes('--name progress')) as string, first);
    expect(await well(shell, 'temporal workflow query --workflow-id ID --type state', first)).toContain(
      'by hand',
    );
    await well(shell, 'temporal workflow cancel --workflow-id TRIAL-ID', first);
    await well(shell, 'temporal workflow cancel --workflow-id ID', await trialThatRuns('002'));
    const { output } = await shell.run('temporal workflow result --workflow-id ID', first);
    expect(output).toContain('CANCELED');
  });

  it('with models that are retrained', async () => {
    const root = retrainingProject(tmpdir());
    const port = String(await freePort());
    const shell = open(
      root,
      { '/srv/project': root, 'data/incoming': 'source', '8787': port },
      { WATCH_TOKEN: 'secret' },
    );
    await shell.serve(WORKER, /queues/);
    await well(shell, 'reprise retrain');
    cpSync(join(root, 'predictions.jsonl'), join(root, 'production.jsonl'));
    newData(root, 0.7);
    expect(await well(shell, 'reprise retrain')).toContain('version 2 is in production');
    cpSync(join(root, 'predictions.jsonl'), join(root, 'candidate.jsonl'));
    for (const line of RUN_IN.retraining.filter((each) => /^reprise (model|compare)/.test(each)))
      await well(shell, line);

    const waiting = async (type: string): Promise<Readonly<Record<string, string>>> => {
      for (;;) {
        const query = `WorkflowType = "${type}" AND ExecutionStatus = "Running"`;
        for await (const { workflowId } of env.client.workflow.list({ query })) {
          const { output } = await shell.run('temporal workflow query --workflow-id ID --type state', {
            ID: workflowId,
          });
          if (/waiting/.test(output)) return { ID: workflowId };
        }
      }
    };
    const [retrain, promote] = RUN_IN.retraining.filter((each) => each.startsWith('temporal workflow start'));
    newData(root, 0.8);
    const id = /WorkflowId\s+(\S+)/.exec(await well(shell, retrain as string))?.[1] as string;
    await well(shell, 'reprise runs approve ID --by ada --reason "newer data"', await waiting('promote'));
    await noteHandlers({ ID: id });
    await shell.run('temporal workflow result --workflow-id ID', { ID: id });
    newData(root, 0.9);
    await well(shell, 'reprise repro');
    for (const name of ['reject', 'supersede', 'approve']) {
      await well(shell, promote as string);
      const asks = await waiting('promote');
      await noteHandlers(asks);
      await well(shell, RUN_IN.retraining.find((each) => each.includes(`--name ${name}`)) as string, asks);
      const { output } = await shell.run('temporal workflow result --workflow-id ID', asks);
      expect(output).toMatch(
        { reject: /rejected/, supersede: /superseded/, approve: /promoted/ }[name] as RegExp,
      );
    }

    newData(root, 0.95);
    const next = /WorkflowId\s+(\S+)/.exec(await well(shell, retrain as string))?.[1] as string;
    await well(shell, `temporal workflow signal --workflow-id ID --name newData --input '{}'`, { ID: next });
    await well(shell, 'reprise runs reject ID --by ada --reason "fails on cats"', await waiting('promote'));

    await shell.serve('reprise watch data/incoming', /watching/);
    await shell.serve('reprise watch --listen 8787 --token-env WATCH_TOKEN', /http:/);
    await well(shell, RUN_IN.retraining.find((each) => each.startsWith('curl')) as string);
    await well(shell, RUN_IN.retraining.find((each) => each.includes('signal-with-start')) as string);
    await well(shell, RUN_IN.retraining.find((each) => each.startsWith('temporal schedule')) as string);

    for (const line of RUN_IN.retraining.filter((each) => each.startsWith('reprise schedule'))) {
      if (line.includes('--timezone')) await well(shell, 'reprise schedule delete');
      await well(shell, line);
    }
  });

  it('on a git repository', async () => {
    const git = await startGit();
    try {
      const store = temporary();
      const folder = temporary();
      const config = join(temporary(), 'gitconfig');
      writeFileSync(
        config,
        `[url "${git.url}"]\n\tinsteadOf = https://github.com/acme/\n[user]\n\tname = A\n\temail = a@example.com\n`,
      );
      git.makeRepository('model.git', {
        ...PIPELINE,
        '.dvc/config': `[core]\n    remote = store\n['remote "store"']\n    url = ${store}\n`,
      });
      const shell = open(temporary(), { '/var/lib/reprise': folder }, { GIT_CONFIG_GLOBAL: config });
      await shell.serve('reprise worker --project /var/lib/reprise --git https://github.com/acme/', /queues/);
      for (const line of RUN_IN.git.filter((each) => /^reprise (repro|sweep)/.test(each)))
        await well(shell, line);
      const started = await well(shell, RUN_IN.git.find((each) => each.startsWith('temporal')) as string);
      const { output } = await shell.run('temporal workflow result --workflow-id ID', {
        ID: /WorkflowId\s+(\S+)/.exec(started)?.[1] as string,
      });
      expect(output).toContain('COMPLETED');
      for (const line of RUN_IN.git.filter((each) => each.startsWith('reprise schedule')))
        await well(shell, line);
    } finally {
      git.stop();
    }
  });

  it('with a model that is finetuned', async () => {
    const root = tinyProject({
      'params.yaml': 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n',
    });
    cpSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
    const port = await freePort();
    const shell = open(root, {
      'reprise serve': `reprise serve --port ${port}`,
      'localhost:8080': `localhost:${port}`,
    });
    for (const line of RUN_IN.finetuning.filter(
      (each) => each.startsWith('reprise') && each !== 'reprise serve',
    ))
      await well(shell, line);
    await shell.serve('reprise serve', /http:/);
    expect(await well(shell, RUN_IN.finetuning.find((each) => each.startsWith('curl')) as string)).toContain(
      'predictions',
    );
  });

  it('in an empty folder', async () => {
    const folder = temporary();
    mkdirSync(join(folder, 'own'));
    writeFileSync(join(folder, 'own/reviews.csv'), 'text,label\na,b\n');
    writeFileSync(join(folder, 'own/stars.csv'), 'text,label\na,1\n');
    const shell = open(folder);
    await well(shell, 'reprise init my-project && cd my-project');
    // It is laid out already.
    await well(shell, 'reprise init my-project');
    await well(shell, 'reprise init project --task causal-lm');
    await well(open(join(folder, 'own')), 'reprise init project --data reviews.csv');
    await well(
      open(join(folder, 'own')),
      'reprise init my-project --data stars.csv --problem-type regression',
    );
    mkdirSync(join(folder, 'calls'));
    writeFileSync(join(folder, 'calls/calls.csv'), 'utterance,intent\na,b\n');
    await well(
      open(join(folder, 'calls')),
      'reprise init my-project --data calls.csv --field text=utterance --field label=intent',
    );
    for (const name of ['bash', 'zsh', 'fish'])
      expect(await well(shell, `reprise completion ${name}`)).toContain('completion candidates');
    // What it finds missing is told by its exit code.
    expect((await shell.run('reprise doctor')).output).toMatch(/Node/i);
  });

  it('all of them', () => {
    expect(RUN.filter((line) => !ran.has(line))).toEqual([]);
  });

  it('and docs/workflows.md has one for each workflow, and for each query, signal and update that it takes', () => {
    const page = readFileSync(join(ROOT, 'docs/workflows.md'), 'utf8');
    const registry = readFileSync(join(ROOT, 'workflows/registry.ts'), 'utf8');
    const names = [...registry.matchAll(/export \{ (\w+) \}/g)].map(([, name]) => name as string);
    expect([...handlers.keys()].sort()).toEqual(['promote', 'reproduce', 'retrain', 'sweep']);
    const missing: string[] = [];
    for (const name of names) {
      const [, rest = ''] = page.split(`\n## \`${name}\`\n`);
      const lines = linesOf(name, rest.split(/\n## /)[0] as string).map(({ text }) => text);
      for (const wanted of [`--type ${name} --task-queue reprise`, ...(handlers.get(name) ?? [])])
        if (!lines.some((line) => `${line} `.includes(`${wanted} `))) missing.push(`${name}: ${wanted}`);
    }
    expect(missing).toEqual([]);
  });
});
