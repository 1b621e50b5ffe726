import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject } from './project.js';

export function git(root: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
}

/** A DVC project in a git repository of its own, all of it committed. */
export function makeGitProject(files: Readonly<Record<string, string>>, parent?: string): string {
  const root = makeProject({ '.dvc/config': '', '.gitignore': '/.reprise\n', ...files }, parent);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message=Begin');
  return root;
}

/** One stage in `sh`: score = 10 - (x - 3)² - (y - 2)², and so many seconds of work. */
export const SCORE_PROJECT = {
  'params.yaml': '# tuned by hand\nx: 1 # first\nmodel:\n  y: 0.5\nseconds: 0\n',
  'score.sh': `sleep "$3"
awk -v x="$1" -v y="$2" 'BEGIN { printf "{\\"test\\": {\\"score\\": %.6f}}\\n", 10 - (x-3)^2 - (y-2)^2 }' > metrics.json
echo "$1 $2" > model
`,
  'dvc.yaml': `stages:
  prepare:
    cmd: echo data > data
    deps: [score.sh]
    outs: [data]
  train:
    cmd: sh score.sh \${x} \${model.y} \${seconds}
    deps: [data, score.sh]
    params: [x, model.y, seconds]
    outs: [model]
    metrics: [{metrics.json: {cache: false}}]
`,
} as const;

/** Path → digest of every file but those of `.reprise`, of git's refs and objects, and of DVC's cache: what a user calls theirs. */
export function fingerprint(root: string, folder = ''): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = join(folder, name);
    if (['.reprise', '.git/objects', '.git/refs', '.dvc/cache'].includes(path)) continue;
    const info = lstatSync(join(root, path));
    if (info.isDirectory()) Object.assign(found, fingerprint(root, path));
    else
      found[path] = `${info.mode} ${createHash('md5')
        .update(readFileSync(join(root, path)))
        .digest('hex')}`;
  }
  return found;
}
