import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { makeProject } from '../rig/project.js';
import { EXECUTABLE } from '../rig/reprise.js';

const env = {
  ...process.env,
  PATH: `${dirname(EXECUTABLE)}${delimiter}${process.env['PATH'] ?? ''}`,
  NODE_OPTIONS: '',
};

function project(): string {
  const root = makeProject({
    'dvc.yaml': 'stages:\n  prepare:\n    cmd: echo a\n  train:\n    cmd: echo b\n    desc: Learns\n',
    'sub/dvc.yaml': 'stages:\n  tidy:\n    cmd: echo c\n',
    '.dvc/config':
      '[core]\n    no_scm = True\n    remote = storage\n[\'remote "storage"\']\n    url = /srv/storage\n',
  });
  mkdirSync(join(root, '.reprise/logs/0193-run'), { recursive: true });
  return root;
}

/** What bash, having read our script, would put in place of the last word of each line. */
function bash(cwd: string, lines: readonly string[]): string[][] {
  const script = `
    eval "$(reprise completion bash)"
    for line in "$@"; do
      COMP_LINE=$line; COMP_POINT=\${#line}
      _reprise
      echo "\${COMPREPLY[*]}"
    done`;
  const output = execFileSync('bash', ['-c', script, 'bash', ...lines], { cwd, env, encoding: 'utf8' });
  return output
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ').filter(Boolean));
}

describe('reprise completion bash', () => {
  const WANTED: readonly (readonly [line: string, words: readonly string[]])[] = [
    ['reprise re', ['repro', 'remote', 'retrain']],
    ['reprise runs ap', ['approve']],
    ['reprise repro ', ['prepare', 'train', 'sub/dvc.yaml:tidy']],
    ['reprise repro prepare tr', ['train']],
    // Bash replaces what follows the colon.
    ['reprise repro sub/dvc.yaml:t', ['tidy']],
    ['reprise repro --force-', ['--force-downstream']],
    ['reprise repro --forc', ['--force', '--force-downstream']],
    ['reprise repro --i', ['--interactive', '--ignore-errors']],
    ['reprise repro --jobs 2 tr', ['train']],
    ['reprise runs list --status fa', ['failed']],
    ['reprise runs list --status=fa', ['failed']],
    ['reprise runs logs ', ['latest', '0193-run']],
    ['reprise runs logs latest t', ['train']],
    ['reprise remote modify ', ['storage']],
    ['reprise remote add ', []],
    ['reprise init --task c', ['causal-lm']],
    ['reprise init --problem-type r', ['regression']],
    ['reprise nothing-such ', []],
    ['reprise repro -- --f', []],
  ];
  // One shell for all: what each would complete takes a process of its own.
  let found: readonly string[][];
  beforeAll(() => {
    found = bash(
      project(),
      WANTED.map(([line]) => line),
    );
  });

  it.each(WANTED.map((row, at) => [row[0], row[1], at] as const))('%s', (_line, words, at) => {
    expect(found[at]).toEqual(words);
  });

  it('knows every command, and its options, from the commands themselves', () => {
    const help = execFileSync('reprise', ['--help'], { env, encoding: 'utf8' });
    const commands = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name]) => name as string);
    expect(commands.length).toBeGreaterThan(20);
    expect(bash(project(), ['reprise '])).toEqual([commands]);
    const options = execFileSync('reprise', ['worker', '--help'], { env, encoding: 'utf8' });
    const flags = [...options.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag as string);
    expect(bash(project(), ['reprise worker --'])).toEqual([flags]);
  });

  it('offers no stages where there is no project, or its files are wrong', () => {
    const broken = makeProject({ 'dvc.yaml': 'stages: [\n' });
    expect(bash(broken, ['reprise repro '])).toEqual([[]]);
    expect(bash(dirname(broken), ['reprise repro '])).toEqual([[]]);
  });

  (existsSync('/usr/bin/script') ? it : it.skip)('completes at TAB in an interactive bash', () => {
    const root = project();
    writeFileSync(
      join(root, 'rc'),
      `PS1='$ '\nbind 'set enable-bracketed-paste off'\neval "$(reprise completion bash)"\n`,
    );
    const { stdout } = spawnSync('script', ['-qec', 'bash --noprofile --rcfile rc -i', '/dev/null'], {
      cwd: root,
      env: { ...env, TERM: 'dumb' },
      input: 'reprise compl\tba\t| head -1\nexit\n',
      encoding: 'utf8',
    });
    expect(stdout).toContain('reprise completion bash | head -1');
    expect(stdout).toContain('# reprise completion bash; in ~/.bashrc');
  });
});

/** Not every host has it: where it is, it is tried. */
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

if (has('zsh'))
  describe('reprise completion zsh', () => {
    /** What an interactive zsh writes on a terminal when these keys are pressed. */
    const press = (cwd: string, setUp: string, keys: string): string => {
      const rc = `PROMPT='$ '\nunset zle_bracketed_paste\nautoload -U compinit; compinit -D -u\n${setUp}\n`;
      writeFileSync(join(cwd, '.zshrc'), rc);
      const { stdout } = spawnSync('script', ['-qec', 'zsh -d -i', '/dev/null'], {
        cwd,
        env: { ...env, ZDOTDIR: cwd, TERM: 'dumb' },
        input: `${keys}\nexit\n`,
        encoding: 'utf8',
      });
      return stdout;
    };

    it('completes commands, options, values and stages at TAB', () => {
      const read = 'eval "$(reprise completion zsh)"';
      expect(press(project(), read, 'reprise compl\tz\t| head -1')).toContain('#compdef reprise');
      // What runs is what was completed.
      expect(press(project(), read, 'reprise repro prepare tr\t--dr\t')).toContain(
        '2 would run, 0 up to date',
      );
      expect(press(project(), read, 'reprise init --task c\t--help')).toContain('--task causal-lm');
      // zsh asks for what lies behind a colon, too.
      expect(press(project(), read, 'reprise repro --dry sub/dvc.yaml:t\t')).toContain('sub/dvc.yaml:tidy');
    });

    it('shows what the candidates mean', () => {
      const shown = press(project(), 'eval "$(reprise completion zsh)"', 'reprise runs log\t\t');
      expect(shown).toMatch(/reprise runs logs/);
      const both = press(project(), 'eval "$(reprise completion zsh)"', 'reprise comp\t\t');
      expect(both).toMatch(/compare +-- .*\r?\n.*completion +-- completion of commands/);
    });

    it('is loaded by its name from a folder of functions', () => {
      const root = project();
      mkdirSync(join(root, 'functions'));
      execFileSync('bash', ['-c', 'reprise completion zsh > functions/_reprise'], { cwd: root, env });
      const setUp = 'fpath=($PWD/functions $fpath); compinit -D -u';
      expect(press(root, setUp, 'reprise compl\tz\t| head -1')).toContain('#compdef reprise');
    });
  });

if (has('fish'))
  describe('reprise completion fish', () => {
    it('completes commands and stages', () => {
      const ask = (line: string): string =>
        execFileSync(
          'fish',
          ['--no-config', '-c', `reprise completion fish | source; complete -C '${line}'`],
          {
            cwd: project(),
            env,
            encoding: 'utf8',
          },
        );
      expect(ask('reprise comp')).toMatch(/^compare\t.*\ncompletion\tcompletion of commands/m);
      expect(ask('reprise repro t')).toBe('train\tLearns\n');
    });
  });
