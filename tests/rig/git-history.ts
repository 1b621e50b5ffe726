import { randomUUID } from 'node:crypto';
import type { GitRepository, GitServer } from './git-server.js';

/** A person commits at a time. */
function commitAt(repository: GitRepository, time: string, text: string): string {
  process.env['GIT_COMMITTER_DATE'] = time;
  try {
    return repository.commit({ 'in.txt': text });
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
  // The first commit is of today: the history begins anew.
  repository.git('checkout', '--quiet', '--orphan', 'past');
  process.env['GIT_COMMITTER_DATE'] = '2026-01-01T12:00:00Z';
  repository.git('commit', '--quiet', '-m', 'Begin');
  delete process.env['GIT_COMMITTER_DATE'];
  repository.git('branch', '--quiet', '--force', 'main', 'past');
  repository.git('checkout', '--quiet', 'main');
  repository.git('push', '--quiet', '--force', 'origin', 'main');
  const first = repository.git('rev-parse', 'HEAD');
  const second = commitAt(repository, '2026-01-02T12:00:00Z', 'second\n');
  const third = commitAt(repository, '2026-01-03T12:00:00Z', 'third\n');
  return { repository, commits: [first, second, third] };
}
