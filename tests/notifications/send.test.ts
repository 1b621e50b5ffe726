import { channelsSchema, namesOf, send, type Channel } from '../../notifications/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Notification } from '../../workflows/index.js';
import { httpReceiver, smtpReceiver } from '../rig/receivers.js';

const notification: Notification = {
  event: 'promoted',
  project: 'pets',
  workflowId: 'reprise-pets-1',
  title: 'pets: version 2 is in production',
  lines: ['verdict: better', 'a < b & c'],
};

const parse = (channel: object): Channel => channelsSchema.parse([channel])[0] as Channel;
const set = new Set<string>();
function secret(name: string, value: string): string {
  process.env[name] = value;
  set.add(name);
  return name;
}
afterEach(() => {
  for (const name of set) process.env[name] = '';
  set.clear();
});

describe('a webhook', () => {
  it('gets the notification as JSON, with headers from the environment', async () => {
    const receiver = await httpReceiver();
    secret('HOOK_URL', `http://127.0.0.1:${receiver.port}/hook?key=s3cret`);
    secret('HOOK_AUTH', 'Bearer t0ken');
    const channel = { kind: 'webhook', urlEnv: 'HOOK_URL', headersEnv: { authorization: 'HOOK_AUTH' } };
    await send(parse(channel), notification);
    expect(receiver.received).toMatchObject([
      { path: '/hook?key=s3cret', headers: { authorization: 'Bearer t0ken' }, body: { ...notification } },
    ]);
    await receiver.close();
  });

  it('is worth another try when the server is away or busy, and is not when it refuses', async () => {
    for (const [status, again] of [
      [503, true],
      [429, true],
      [404, false],
      [302, false],
    ] as const) {
      const receiver = await httpReceiver(() => status);
      secret('HOOK_URL', `http://127.0.0.1:${receiver.port}/s3cret`);
      const error = await send(parse({ kind: 'webhook', urlEnv: 'HOOK_URL' }), notification).catch(
        (reason: unknown) => reason,
      );
      expect(error instanceof DiagnosticError).toBe(!again);
      expect(String(error)).toContain(`HTTP ${status}`);
      expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toContain(
        's3cret',
      );
      await receiver.close();
    }
    secret('HOOK_URL', 'http://127.0.0.1:1/s3cret');
    const away = await send(parse({ kind: 'webhook', urlEnv: 'HOOK_URL' }), notification).catch(
      (reason: unknown) => reason,
    );
    expect(away).not.toBeInstanceOf(DiagnosticError);
    expect(String(away)).not.toContain('s3cret');
  });

  it('needs its variable, with an address in it', async () => {
    const channel = parse({ kind: 'webhook', urlEnv: 'HOOK_URL' });
    await expect(send(channel, notification)).rejects.toMatchObject({ code: 'secret-missing' });
    secret('HOOK_URL', 'file:///etc/passwd');
    await expect(send(channel, notification)).rejects.toMatchObject({ code: 'bad-address' });
  });
});

it('Slack gets one text, its own characters escaped', async () => {
  const receiver = await httpReceiver();
  secret('SLACK_URL', `http://127.0.0.1:${receiver.port}/services/T/B/x`);
  await send(parse({ kind: 'slack', urlEnv: 'SLACK_URL' }), notification);
  expect(receiver.received[0]?.body).toEqual({
    text: '*pets: version 2 is in production*\nverdict: better\na &lt; b &amp; c\n_reprise-pets-1_',
  });
  await receiver.close();
});

describe('an e-mail', () => {
  it('goes to all, after a login with what the environment holds', async () => {
    const receiver = await smtpReceiver({ user: 'bot', password: 'pa55' });
    const channel = {
      kind: 'email',
      host: '127.0.0.1',
      port: receiver.port,
      from: 'bot@example.com',
      to: ['ada@example.com', 'bob@example.com'],
      userEnv: secret('SMTP_USER', 'bot'),
      passwordEnv: secret('SMTP_PASSWORD', 'pa55'),
    };
    await send(parse(channel), notification);
    expect(receiver.received).toMatchObject([
      { user: 'bot', from: 'bot@example.com', to: ['ada@example.com', 'bob@example.com'] },
    ]);
    expect(receiver.received[0]?.text).toMatch(
      /Subject: pets: version 2 is in production[^]*verdict: better/,
    );

    secret('SMTP_PASSWORD', 'wr0ng');
    const error = await send(parse(channel), notification).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'notification-refused' });
    expect(String(error)).toMatch(/did not take the e-mail \(535\)/);
    await receiver.close();
  });
});

describe('channels', () => {
  it('are named by their kind, and numbered', () => {
    const slack = { kind: 'slack', urlEnv: 'A' };
    expect(namesOf(channelsSchema.parse([slack, slack, { ...slack, name: 'team' }]))).toEqual([
      'slack',
      'slack-2',
      'team',
    ]);
  });

  it('hold no secret: an address in place of a variable is refused', () => {
    expect(() => channelsSchema.parse([{ kind: 'slack', urlEnv: 'https://hooks.example.com/x' }])).toThrow(
      /name of an environment variable/,
    );
  });
});
