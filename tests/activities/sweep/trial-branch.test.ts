import { branchOf, trialOf } from '../../../activities/sweep/trial-branch.js';
import type { Workspace } from '../../../workflows/index.js';

const git = (branch?: string): Workspace => ({
  ...{ url: 'git://host/x', commit: '0'.repeat(40), path: '.', run: 'r' },
  kind: 'git',
  ...(branch === undefined ? {} : { branch }),
});

describe('a trial of a repository', () => {
  it.each([
    { sweep: 'lr', label: '002' },
    { sweep: 'lr-001', label: '0014-r3' },
  ])('is known by its branch: %j', (trial) => {
    expect(trialOf(git(branchOf(trial)))).toEqual(trial);
  });

  it('is no other run', () => {
    expect(trialOf(git('reprise/nightly-4c1f9f4e-6ad2-4f0e-9f0c-0f6c3c1b2a3d'))).toBeUndefined();
    expect(trialOf(git('main'))).toBeUndefined();
    expect(trialOf(git())).toBeUndefined();
    expect(trialOf({ kind: 'path', path: '.' })).toBeUndefined();
  });
});
