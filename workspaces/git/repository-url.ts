import { DiagnosticError } from '../../diagnostics/index.js';

/** `https://host/ours/../theirs` begins as what is allowed, and is fetched from elsewhere. Servers, and git for ssh, decode `%2e` and `%2f`. */
const CLIMBS = /(^|[/\\]|%2f|%5c)(\.|%2e){2}([/\\?#]|%2f|%5c|$)/i;

/**
 * Whether a worker takes runs of this repository: it runs the commands that it finds there, so it must have been told so.
 *
 * @param allowed URLs, or beginnings of URLs that end in `/`; `*` is any
 * @throws DiagnosticError `bad-repository`, `secret-in-url`, `repository-not-allowed`
 */
export function checkRepository(url: string, allowed: readonly string[]): void {
  if (url.startsWith('-') || /[\0\n]/.test(url) || /^[a-z]+::/.test(url)) {
    throw new DiagnosticError('bad-repository', {
      message: `${JSON.stringify(url)} is not the URL of a git repository`,
      expected: 'an https, ssh, git or file URL',
      fix: 'correct workspace.url',
    });
  }
  if (/^(https?:\/\/[^/]*@|[a-z+]+:\/\/[^/]*:[^/]*@)/i.test(url)) {
    throw new DiagnosticError('secret-in-url', {
      message:
        'the repository’s URL holds a password or a token, and would be kept in the history of the run',
      fix: 'take it out, and let git on the workers’ hosts find it: a credential helper, netrc, or an SSH key',
    });
  }
  const isBelow = (entry: string): boolean =>
    entry.endsWith('/') && url.startsWith(entry) && !CLIMBS.test(url.slice(entry.length));
  if (allowed.some((entry) => entry === '*' || entry === url || isBelow(entry))) return;
  throw new DiagnosticError('repository-not-allowed', {
    message: `this worker does not take runs of the repository ${url}`,
    expected: allowed.length === 0 ? 'a worker that was started with --git' : allowed.join(', '),
    fix: `start it with: reprise worker --git ${url}`,
  });
}

/** @throws DiagnosticError `bad-revision` */
export function checkRevision(revision: string): void {
  if (/^[A-Za-z0-9][\w./@^~-]*$/.test(revision) && !revision.includes('..')) return;
  throw new DiagnosticError('bad-revision', {
    message: `${JSON.stringify(revision)} is not a branch, tag or commit`,
    fix: 'correct workspace.rev or workspace.branch',
  });
}
