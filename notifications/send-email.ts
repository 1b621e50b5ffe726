import { createTransport } from 'nodemailer';
import { DiagnosticError } from '../diagnostics/index.js';
import type { Notification } from '../workflows/index.js';
import type { EmailChannel } from './channels.js';
import { secretIn } from './post-json.js';

const ANSWER_MS = 20_000;

/** @throws DiagnosticError `secret-missing`, `notification-refused`: no use to try again; Error: try again */
export async function sendEmail(channel: EmailChannel, notification: Notification): Promise<void> {
  const { host, port, secure, from, to, userEnv, passwordEnv } = channel;
  const transport = createTransport({
    host,
    port,
    secure,
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: ANSWER_MS,
    ...(userEnv === undefined
      ? {}
      : { auth: { user: secretIn(userEnv), pass: passwordEnv === undefined ? '' : secretIn(passwordEnv) } }),
  });
  const { title, lines, event, workflowId } = notification;
  try {
    await transport.sendMail({
      from,
      to: [...to],
      subject: title,
      text: `${lines.join('\n')}\n\nrun: ${workflowId}\n`,
      headers: { 'X-Reprise-Event': event },
    });
  } catch (error) {
    const { responseCode, code } = error as { responseCode?: number; code?: string };
    // SMTP: 4xx passes, 5xx stays. The server's own words may repeat what it was sent.
    const message = `${host}:${port} did not take the e-mail (${responseCode ?? code ?? 'no answer'})`;
    if (responseCode === undefined || responseCode < 500) throw new Error(message);
    throw new DiagnosticError('notification-refused', {
      message,
      at: { file: '.reprise/config.yaml' },
      fix: 'correct host, from, to and the variables of user and password',
    });
  } finally {
    transport.close();
  }
}
