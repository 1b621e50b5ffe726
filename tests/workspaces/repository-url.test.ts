import { checkRepository, checkRevision } from '../../workspaces/index.js';

describe('a repository that a run names', () => {
  const code = (act: () => void): string | undefined => {
    try {
      act();
      return undefined;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['https://github.com/acme/model.git', ['https://github.com/acme/'], undefined],
    ['https://github.com/acme/model.git', ['https://github.com/acme/model.git'], undefined],
    ['git@github.com:acme/model.git', ['*'], undefined],
    ['ssh://git@github.com/acme/model.git', ['ssh://git@github.com/'], undefined],
    ['https://github.com/acme/model.git', [], 'repository-not-allowed'],
    ['https://github.com/acme-evil/model.git', ['https://github.com/acme/'], 'repository-not-allowed'],
    // Only what ends in a slash stands for what is below it.
    [
      'https://github.com/acme/model.git.evil',
      ['https://github.com/acme/model.git'],
      'repository-not-allowed',
    ],
    ['https://github.com/acme/../evil/model.git', ['https://github.com/acme/'], 'repository-not-allowed'],
    ['https://github.com/acme/x/..', ['https://github.com/acme/'], 'repository-not-allowed'],
    ['https://github.com/acme/%2e%2E/evil/m.git', ['https://github.com/acme/'], 'repository-not-allowed'],
    ['ssh://git@github.com/acme/..%2fevil', ['ssh://git@github.com/acme/'], 'repository-not-allowed'],
    ['https://github.com/acme/a..b.git', ['https://github.com/acme/'], undefined],
    ['https://me:token@github.com/acme/model.git', ['*'], 'secret-in-url'],
    ['https://ghp_token@github.com/acme/model.git', ['*'], 'secret-in-url'],
    ['ext::sh -c id', ['*'], 'bad-repository'],
    ['--upload-pack=id', ['*'], 'bad-repository'],
  ])('%s is judged by %j: %s', (url, allowed, expected) => {
    expect(code(() => checkRepository(url, allowed))).toBe(expected);
  });

  it.each([
    ['main', undefined],
    ['refs/heads/feature/x', undefined],
    ['v1.2.0', undefined],
    ['-x', 'bad-revision'],
    ['a..b', 'bad-revision'],
    ['a b', 'bad-revision'],
    ['', 'bad-revision'],
  ])('revision %j: %s', (revision, expected) => {
    expect(code(() => checkRevision(revision))).toBe(expected);
  });
});
