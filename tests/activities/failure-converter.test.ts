import type { ApplicationFailure } from '@temporalio/common';
import { toFailure } from '../../activities/failure-converter.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { TransientRemoteError } from '../../storage/index.js';

describe('what Temporal is to try again', () => {
  const details = { message: 'something is wrong', fix: 'mend it' };

  it('is not what a user has to mend', () => {
    const failure = toFailure(new DiagnosticError('no-bucket', details)) as ApplicationFailure;
    expect(failure).toMatchObject({ type: 'no-bucket', nonRetryable: true });
    expect(failure.message).toContain('fix: mend it');
  });

  it('is a remote that may answer later', () => {
    const failure = toFailure(new TransientRemoteError('remote-unreachable', details));
    expect(failure).toMatchObject({ type: 'remote-unreachable', nonRetryable: false });
  });

  it('is what nobody expected', () => {
    const error = new Error('ECONNRESET');
    expect(toFailure(error)).toBe(error);
  });
});
