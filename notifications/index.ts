/** Tells people what happened: webhook, Slack-like incoming webhook, e-mail. */
export { channelsSchema, namesOf, type Channel } from './channels.js';
export { send } from './send.js';
