import { runGit } from '../../../workspaces/git/run-git.js';

/** An alias that begins with `!` is run by the shell, as the scripts among git's own commands are. */
const failure = async (script: string): Promise<unknown> =>
  runGit(['-c', `alias.script=!${script}`, 'script'], { cwd: process.cwd() }).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('runGit', () => {
  it('takes it for passing when what git has started was killed, and git says something else of it', async () => {
    const script = `sh -c 'kill -9 $$'; echo 'fatal: cannot be used without a working tree' >&2; exit 1`;
    expect(await failure(script)).toMatchObject({
      code: 'git-failed',
      transient: true,
      message: expect.stringMatching(/Killed[^]*without a working tree/),
    });
    expect(await failure('kill -9 $$')).toMatchObject({ code: 'git-failed', transient: true });
  });

  it.each([
    'expected flush after ref listing',
    'expected response end packet after fetch negotiation',
    'fetch-pack: unexpected disconnect while reading sideband packet',
    'early EOF',
    'the remote end hung up unexpectedly',
    'Unable to read current working directory: No such file or directory',
  ])('takes it for passing when the other side breaks off, or the checkout is gone: %s', async (said) => {
    expect(await failure(`echo 'fatal: ${said}' >&2; exit 128`)).toMatchObject({ transient: true });
  });

  it.each([
    `cannot update ref 'HEAD': couldn't write '/w/.git/HEAD.lock'`,
    `could not write index`,
    `sha1 file '/w/.git/objects/tmp' write error: No space left on device`,
  ])('takes it for passing when the disk is full: %s', async (said) => {
    expect(await failure(`echo "fatal: ${said}" >&2; exit 128`)).toMatchObject({
      transient: true,
      message: expect.stringMatching(/^git script failed: /),
    });
  });

  it('takes no other failure for passing', async () => {
    expect(await failure(`echo 'fatal: no such ref: killed' >&2; exit 1`)).toMatchObject({
      code: 'git-failed',
      transient: false,
    });
  });
});
