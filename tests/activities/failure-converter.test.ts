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

  it('is a remote that refuses a checkout only once it had let the stage through', () => {
    const refused = new DiagnosticError('remote-denied', details);
    expect(toFailure(refused, { isPrivate: true })).toMatchObject({ nonRetryable: true });
    expect(toFailure(refused, { isPrivate: true, hasBegun: true })).toMatchObject({ nonRetryable: false });
    expect(toFailure(refused, { hasBegun: true })).toMatchObject({ nonRetryable: true });
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
