import { text } from '../pipelines/index.js';

/** A project that cannot be run, and the error that says why. */
export interface Mistake {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly code: string;
  /** `file:line:column` */
  readonly at: string | undefined;
  /** Parts of the message, the found, the fix. */
  readonly says?: readonly string[];
  /** DVC takes it, for the reason given. */
  readonly dvcAccepts?: string;
}

function pipeline(code: string, at: string, dvcYaml: string, more: Partial<Mistake> = {}): Mistake {
  return {
    name: code,
    files: { 'dvc.yaml': dvcYaml, ...more.files },
    code,
    at: `dvc.yaml:${at}`,
    ...omitFiles(more),
  };
}

function omitFiles({ files: _, ...rest }: Partial<Mistake>): Partial<Mistake> {
  return rest;
}

const stage = (body: string) => `stages:\n  a:\n    cmd: echo\n${body}`;

const bomb = Array.from(
  { length: 10 },
  (_, level) =>
    `x${level}: &x${level} [${Array.from({ length: 9 }, () => (level === 0 ? '1' : `*x${level - 1}`)).join(', ')}]\n`,
).join('');

export const mistakes: readonly Mistake[] = [
  { name: 'an empty project', files: { 'README.md': '' }, code: 'no-dvc-yaml', at: undefined },
  pipeline('yaml-syntax', '3:10', 'stages:\n  a:\n    cmd: [echo\n', {
    name: 'a list that is not closed',
    at: 'dvc.yaml:4:1',
  }),
  pipeline('yaml-syntax', '3:3', 'stages:\n  a: {cmd: x}\n  a: {cmd: y}\n', { name: 'a stage twice' }),
  pipeline('yaml-syntax', '1:1', '<<<<<<< HEAD\nstages:\n=======\nstages: {}\n>>>>>>> other\n', {
    name: 'merge conflict',
    says: ['merge conflict'],
  }),
  pipeline('yaml-syntax', '3:9', 'stages:\n  a:\n    cmd:\techo\n', {
    name: 'a tab after a colon',
    says: ['a tab stands'],
  }),
  pipeline('yaml-syntax', '4:1', 'stages:\n  a:\n    cmd: echo\n\t\n', { name: 'a tab in an empty line' }),
  pipeline('yaml-syntax', '3:16', 'stages:\n  a:\n    cmd: echo a\tb\n', { name: 'a tab in plain text' }),
  pipeline('yaml-syntax', '4:13', 'stages:\n  a:\n    cmd: echo\n    deps: [a\tb]\n', {
    name: 'a tab in plain text between brackets',
  }),
  pipeline('yaml-syntax', '8:10', bomb, {
    name: 'aliases of aliases',
    dvcAccepts: 'until its memory is full',
  }),
  pipeline('yaml-syntax', '1:11', 'x: &x [1, *x]\n', {
    name: 'an alias inside itself',
    dvcAccepts: 'it falls into an endless recursion',
  }),
  pipeline('unknown-key', '4:5', stage('    dependencies: [x]\n'), { says: ['dependencies', 'deps'] }),
  pipeline('unknown-key', '5:17', stage('    outs:\n      - x.txt: {cahce: false}\n'), {
    name: 'an unknown flag of an out',
  }),
  pipeline('unknown-key', '1:1', 'stage: {}\n', { name: 'an unknown section', says: ['stages'] }),
  pipeline('unknown-key', '3:5', 'stages:\n  a:\n    foreach: [1]\n    do: {cmd: x}\n    outs: [x]\n', {
    name: 'a key beside foreach',
    at: 'dvc.yaml:5:5',
  }),
  pipeline('missing-key', '2:3', 'stages:\n  a:\n    deps: [x]\n', { says: ['cmd'] }),
  pipeline('missing-key', '2:3', 'stages:\n  a:\n    foreach: [1]\n', {
    name: 'foreach without do',
    says: ['do'],
  }),
  pipeline('wrong-type', '4:5', stage('    deps: x.txt\n'), { says: ['a list', 'a string'] }),
  pipeline('wrong-type', '5:9', stage('    deps:\n      - 5\n'), { name: 'a dep that is a number' }),
  pipeline('wrong-type', '4:5', stage('    frozen: yes\n'), {
    name: 'yes is no boolean',
    says: ['true or false'],
  }),
  pipeline('wrong-type', '2:3', 'stages:\n  1: {cmd: x}\n', {
    name: 'a stage name that is a number',
    says: ["'1'"],
  }),
  pipeline('wrong-type', '1:1', '- a\n', { name: 'a list for a file' }),
  pipeline('wrong-type', '5:16', stage('    outs:\n      - x.txt: {cache: "${c}"}\n'), {
    name: 'a template for a flag',
    at: 'dvc.yaml:5:17',
  }),
  pipeline('undefined-variable', '3:15', 'stages:\n  a:\n    cmd: echo ${x.y} b\n', {
    files: { 'params.yaml': 'x: {z: 1}\n' },
    says: ['${x.y}', 'z'],
  }),
  pipeline(
    'undefined-variable',
    '4:19',
    'stages:\n  a:\n    foreach: [1]\n    do: {cmd: "echo ${item.x}"}\n',
    {
      name: 'part of a plain item',
      at: 'dvc.yaml:4:21',
    },
  ),
  pipeline('undefined-variable', '1:11', 'metrics: ["${x}"]\n', {
    name: 'outside the stages',
    at: 'dvc.yaml:1:12',
  }),
  pipeline('template-syntax', '3:15', 'stages:\n  a:\n    cmd: echo ${x[}\n', { says: ['${x[}'] }),
  pipeline('template-syntax', '3:10', 'stages:\n  a:\n    cmd: ${}\n', { name: 'an empty template' }),
  pipeline('template-type', '4:13', stage('    deps: ["${x}"]\n'), {
    files: { 'params.yaml': 'x: [1]\n' },
    says: ['list'],
  }),
  pipeline('template-type', '3:15', 'stages:\n  a:\n    cmd: echo ${x}\n', {
    name: 'a list in a command',
    files: { 'params.yaml': 'x: [1]\n' },
  }),
  pipeline('template-type', '3:15', 'stages:\n  a:\n    cmd: echo ${x}\n', {
    name: 'a list in a list in a command',
    files: { 'params.yaml': 'x: {y: [[1]]}\n' },
    at: 'dvc.yaml:3:5',
  }),
  pipeline('template-in-vars', '2:8', 'vars:\n  - {x: "${y}"}\n', { at: 'dvc.yaml:2:10' }),
  pipeline('vars-conflict', '2:5', 'vars:\n  - {x: 1}\nstages: {}\n', {
    files: { 'params.yaml': 'x: 2\n' },
    at: 'dvc.yaml:2:6',
  }),
  pipeline('vars-conflict', '3:5', 'vars:\n  - p.yaml:a\n  - p.yaml\n', {
    name: 'a file in part, then whole',
    files: { 'p.yaml': 'a: 1\n' },
  }),
  pipeline(
    'vars-conflict',
    '5:15',
    'stages:\n  a:\n    foreach: [1]\n    do:\n      vars: [{item: 2}]\n      cmd: x\n',
    {
      name: 'item is taken',
    },
  ),
  pipeline('vars-file', '2:5', 'vars:\n  - none.yaml\n', { says: ['none.yaml', 'does not exist'] }),
  pipeline('vars-file', '2:5', 'vars:\n  - p.yaml:b\n', {
    name: 'a key that is not there',
    files: { 'p.yaml': 'a: 1\n' },
    says: ['a'],
  }),
  pipeline('vars-file', '2:5', 'vars:\n  - p.yaml\n', {
    name: 'vars that are a list',
    files: { 'p.yaml': '[1]\n' },
  }),
  pipeline('unsupported-value', '1:1', 'stages: {}\n', {
    files: { 'params.yaml': 'd: 2020-01-01\n' },
    says: ['params.yaml:d'],
  }),
  {
    name: 'params.yaml that does not parse',
    files: { 'dvc.yaml': 'stages: {}\n', 'params.yaml': 'a: b: c\n' },
    code: 'yaml-syntax',
    at: 'params.yaml:1:4',
  },
  {
    name: 'vars in Python that do not parse',
    files: { 'dvc.yaml': 'vars: [p.py]\n', 'p.py': 'A = (1\n' },
    code: 'params-syntax',
    at: 'p.py:1:5',
  },
  pipeline('wrong-type', '3:5', 'stages:\n  a:\n    foreach: text\n    do: {cmd: x}\n', {
    name: 'foreach over a text',
  }),
  pipeline('stage-name', '2:3', 'stages:\n  a@b: {cmd: x}\n'),
  pipeline('stage-name', '2:3', 'stages:\n  a:\n    foreach: ["x@y"]\n    do: {cmd: x}\n', {
    name: 'a key with an @',
    at: 'dvc.yaml:2:3',
  }),
  pipeline('stage-name', '2:3', 'stages:\n  a:\n    matrix: {}\n    cmd: x\n', { name: 'an empty matrix' }),
  pipeline('stage-name', '2:3', 'stages:\n  a:\n    foreach: [""]\n    do: {cmd: x}\n', {
    name: 'an empty key',
  }),
  pipeline(
    'output-duplicated',
    '7:12',
    text`
    stages:
      a:
        cmd: x
        outs: [x.txt]
      b:
        cmd: x
        outs: [x.txt]
  `,
    { says: ['a', 'b', 'dvc.yaml:4:12'] },
  ),
  pipeline('output-duplicated', '4:12', stage('    outs: [x.txt]\n    metrics: [./x.txt]\n'), {
    name: 'an out and a metric of one stage',
    at: 'dvc.yaml:5:15',
  }),
  pipeline(
    'output-overlap',
    '7:12',
    text`
    stages:
      a:
        cmd: x
        outs: [data]
      b:
        cmd: x
        outs: [data/x.txt]
  `,
    { says: ['data/x.txt', 'dvc.yaml:4:12'] },
  ),
  pipeline(
    'pipeline-cycle',
    '2:3',
    text`
    stages:
      a:
        cmd: x
        deps: [c.txt]
        outs: [a.txt]
      b:
        cmd: x
        deps: [a.txt]
        outs: [b.txt]
      c:
        cmd: x
        deps: [b.txt]
        outs: [c.txt]
  `,
    { says: ['a → c → b → a'] },
  ),
  pipeline('pipeline-cycle', '2:3', stage('    deps: [x]\n    outs: [x/y]\n'), {
    name: 'an own out',
    says: ['own'],
  }),
  {
    name: 'a stage inside an out',
    files: {
      'dvc.yaml': 'stages:\n  a:\n    cmd: x\n    deps: [in/other.txt]\n',
      'in/dvc.yaml': 'stages:\n  b:\n    cmd: x\n    outs: [../in]\n',
    },
    code: 'dvcfile-in-output',
    at: 'in/dvc.yaml:4:12',
  },
  pipeline('path-outside', '4:12', stage('    outs: [../x]\n'), {
    dvcAccepts: 'it finds out when it runs the stage',
  }),
  pipeline('external-path', '4:12', stage('    deps: ["s3://bucket/key"]\n'), {
    dvcAccepts: 'it can read remotes (with a plugin)',
  }),
  pipeline('dvcfile-as-path', '4:12', stage('    deps: [data.dvc]\n')),
  pipeline('path-ignored', '4:12', stage('    outs: [x.tmp]\n'), { files: { '.dvcignore': '*.tmp\n' } }),
  {
    name: 'a .dvc file with an unknown key',
    files: { 'data.dvc': 'outs:\n- path: data\n  md5: 00000000000000000000000000000000\n  colour: red\n' },
    code: 'unknown-key',
    at: 'data.dvc:4:3',
  },
];
