import { z } from 'zod';
import type { NotificationChannel } from '../workflows/index.js';

const EVENTS = [
  'approval-wanted',
  'approval-reminder',
  'approval-expired',
  'promoted',
  'rejected',
  'retrain-failed',
] as const satisfies NotificationChannel['events'];

/** The name of an environment variable of the worker. What opens a door never stands in a file that git tracks. */
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable, not the secret itself');

const shared = {
  /** As which results speak of it; absent: its kind. */
  name: z.string().min(1).optional(),
  /** What it is told. */
  events: z.array(z.enum(EVENTS)).default([...EVENTS]),
};
const address = z.string().regex(/^[^\s<>]+@[^\s<>]+$/, 'expected an e-mail address');

const webhook = z.strictObject({
  /** `webhook`: JSON by POST. */
  kind: z.literal('webhook'),
  ...shared,
  /** The variable of the worker's environment that has the address. */
  urlEnv: variable,
  /** Header → variable that has its value. */
  headersEnv: z.record(z.string(), variable).default({}),
});

const slack = z.strictObject({
  /** `slack`: what Slack, Mattermost and others take as an incoming webhook. */
  kind: z.literal('slack'),
  ...shared,
  /** The variable of the worker's environment that has the address. */
  urlEnv: variable,
});

const email = z.strictObject({
  /** `email`: by SMTP. */
  kind: z.literal('email'),
  ...shared,
  /** Of the SMTP server. */
  host: z.string().min(1),
  /** Of the SMTP server. */
  port: z.number().int().min(1).max(65_535).default(587),
  /** TLS from the first byte, as on port 465. Otherwise STARTTLS, when the server offers it. */
  secure: z.boolean().default(false),
  /** The sender's address. */
  from: address,
  /** The receivers' addresses. */
  to: z.array(address).min(1),
  /** The variable that has the user's name, where the server wants one. */
  userEnv: variable.optional(),
  /** The variable that has the password. */
  passwordEnv: variable.optional(),
});

/** `notifications` in `.reprise/config.yaml`. */
export const channelsSchema = z.array(z.discriminatedUnion('kind', [webhook, slack, email])).default([]);

export type Channel = z.output<typeof channelsSchema>[number];
export type EmailChannel = z.output<typeof email>;

/** Under which name a channel is spoken of: its own, or its kind, with a number from the second one on. */
export function namesOf(channels: readonly Channel[]): readonly string[] {
  const seen = new Map<string, number>();
  return channels.map((channel) => {
    const wanted = channel.name ?? channel.kind;
    const before = seen.get(wanted) ?? 0;
    seen.set(wanted, before + 1);
    return before === 0 ? wanted : `${wanted}-${before + 1}`;
  });
}
