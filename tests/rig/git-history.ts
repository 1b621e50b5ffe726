import { randomUUID } from 'node:crypto';
import type { GitRepository, GitServer } from './git-server.js';

type Files = Readonly<Record<string, string>>;

/** A person commits at a time. */
export function commitAt(repository: GitRepository, time: string, files: Files): string {
  return at(time, () => repository.commit(files));
}

/** The first commit is of today: the history begins anew, with the same files, in the past. */
export function beginAt(repository: GitRepository, time: string): string {
  repository.git('checkout', '--quiet', '--orphan', 'past');
  at(time, () => repository.git('commit', '--quiet', '-m', 'Begin'));
  repository.git('branch', '--quiet', '--force', 'main', 'past');
  repository.git('checkout', '--quiet', 'main');
  repository.git('push', '--quiet', '--force', 'origin', 'main');
  return repository.git('rev-parse', 'HEAD');
}

function at<T>(time: string, work: () => T): T {
  process.env['GIT_COMMITTER_DATE'] = time;
  try {
    return work();
  } finally {
    delete process.env['GIT_COMMITTER_DATE'];
  }
}

/** A pipeline of one stage whose input was committed anew at noon of the first three days of 2026. */
export function gitHistory(git: GitServer): { repository: GitRepository; commits: string[] } {
  const repository = git.makeRepository(randomUUID(), {
    'dvc.yaml': 'stages:\n  one: {cmd: cat in.txt > out.txt, deps: [in.txt], outs: [out.txt]}\n',
    'in.txt': 'now\n',
  });
  const first = beginAt(repository, '2026-01-01T12:00:00Z');
  const second = commitAt(repository, '2026-01-02T12:00:00Z', { 'in.txt': 'second\n' });
  const third = commitAt(repository, '2026-01-03T12:00:00Z', { 'in.txt': 'third\n' });
  return { repository, commits: [first, second, third] };
}
