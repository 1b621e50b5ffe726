import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { DiagnosticError, formatDiagnostic } from '../diagnostics/index.js';
import { CommandFailed, CommandStopped } from '../runner/index.js';
import type { GpuMeter } from './gpu-meter.js';

/** sysexits.h: the command asks to be run again later. */
const EX_TEMPFAIL = 75;

/**
 * The one place that decides what Temporal tries again. A user's mistake and a command that failed are not retried here (the
 * workflow knows the stage's `retries`); exit 75, a remote that does not answer and everything unexpected are: a host or a
 * network that fails may be mended.
 */
export function toFailure(error: unknown, place: FailurePlace = {}): unknown {
  if (error instanceof CommandFailed) return commandFailure(error, place);
  if (error instanceof CommandStopped) {
    const { address = 'the stage', host, meter } = place;
    return ApplicationFailure.create({
      message: `${address}: ${error.message}, as the run was asked to`,
      type: 'stage-stopped',
      nonRetryable: true,
      details: [{ reached: error.reached, host, usage: meter?.usage }],
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  if (error instanceof DiagnosticError) {
    const { code, at, fix, expected, found } = error;
    return ApplicationFailure.create({
      message: formatDiagnostic(error),
      type: code,
      nonRetryable: !(error.transient || isOfOneHost(code, place)),
      details: [
        { at, fix, expected, found, message: error.message, host: place.host, usage: place.meter?.usage },
      ],
      cause: error,
    });
  }
  return error;
}

/** In a checkout, what one host has no room for goes on where, or when, there is some; and so does what its credentials no longer may. */
function isOfOneHost(code: string, { isPrivate = false, hasBegun = false }: FailurePlace): boolean {
  return isPrivate && (code === 'disk-full' || (code === 'remote-denied' && hasBegun));
}

/** Of a stage: its address, the host that ran it, and what counts its GPU seconds. */
export interface FailurePlace {
  readonly address?: string;
  readonly host?: string;
  readonly meter?: GpuMeter;
  /** It works in a checkout, not in a person's folder. */
  readonly isPrivate?: boolean;
  /** An attempt was let through to the remote before: a refusal is not a mistake of whoever set it up. */
  readonly hasBegun?: boolean;
}

function commandFailure(
  error: CommandFailed,
  { address = 'the stage', host, meter }: FailurePlace,
): ApplicationFailure {
  const { end, tail } = error;
  const output = tail.length === 0 ? '  (it printed nothing)' : tail.map((line) => `  ${line}`).join('\n');
  const fail = (type: string, message: string, nonRetryable: boolean): ApplicationFailure =>
    ApplicationFailure.create({
      message: `${address}: ${message}; its last output:\n${output}\n  log: ${error.logFile}`,
      type,
      nonRetryable,
      details: [{ tail, logFile: error.logFile, end, host, usage: meter?.usage }],
    });
  switch (end.reason) {
    case 'exit':
      if (end.code === EX_TEMPFAIL)
        return fail('stage-tempfail', 'the command asked to be run again (exit 75)', false);
      return fail('stage-failed', `the command failed with exit code ${end.code}`, true);
    case 'killed':
      if (error.isOutOfMemory)
        return fail('stage-out-of-memory', 'memory ran out: the system has killed the command', true);
      return fail('stage-killed', `the command was ended by ${end.signal}`, true);
    case 'not-started':
      return fail('stage-failed', `the command could not be started: ${end.message}`, true);
    case 'canceled':
      return fail('stage-preempted', 'its worker is leaving, and it goes on elsewhere', false);
  }
}
