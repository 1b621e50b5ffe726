import type { Notification } from '../workflows/index.js';
import type { Channel } from './channels.js';
import { postJson, secretIn } from './post-json.js';
import { sendEmail } from './send-email.js';

/** @throws DiagnosticError where trying again is of no use, Error where it may be */
export async function send(channel: Channel, notification: Notification): Promise<void> {
  switch (channel.kind) {
    case 'webhook': {
      const headers = Object.entries(channel.headersEnv).map(([name, variable]) => [
        name,
        secretIn(variable),
      ]);
      return await postJson(
        channel.urlEnv,
        notification,
        Object.fromEntries(headers) as Record<string, string>,
      );
    }
    case 'slack':
      return await postJson(channel.urlEnv, { text: slackText(notification) });
    case 'email':
      return await sendEmail(channel, notification);
  }
}

/** Slack's mrkdwn: three characters have a meaning outside of it. */
function slackText({ title, lines, workflowId }: Notification): string {
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [`*${escaped(title)}*`, ...lines.map(escaped), `_${escaped(workflowId)}_`].join('\n');
}
