import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  identify,
  isAlive,
  signalProcess,
  type ProcessIdentity,
} from '../../../runner/command/process-identity.js';

const sleeper = () => spawn('sleep', ['60'], { stdio: 'ignore' });

describe('a process that may have ended', () => {
  it('is signalled while it runs', async () => {
    const child = sleeper();
    const ended = once(child, 'exit');
    expect(signalProcess(identify(child.pid as number) as ProcessIdentity, 'SIGTERM')).toBe(true);
    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('is no error when it has ended', async () => {
    const child = sleeper();
    const identity = identify(child.pid as number) as ProcessIdentity;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(isAlive(identity)).toBe(false);
    expect(signalProcess(identity, 'SIGTERM')).toBe(false);
  });

  it('is no error when it ends between the look and the signal', () => {
    const child = sleeper();
    const identity = identify(child.pid as number) as ProcessIdentity;
    const kill = jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH' });
    });
    try {
      expect(signalProcess(identity, 'SIGTERM')).toBe(false);
    } finally {
      kill.mockRestore();
      child.kill('SIGKILL');
    }
  });

  it('is not another that got its number', () => {
    const child = sleeper();
    const identity = identify(child.pid as number) as ProcessIdentity;
    try {
      expect(signalProcess({ ...identity, started: '1' }, 'SIGKILL')).toBe(false);
      expect(isAlive(identity)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
