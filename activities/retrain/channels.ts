import { channelsSchema, namesOf, type Channel } from '../../notifications/index.js';
import { projectSection } from '../../runner/index.js';

/**
 * `notifications` in the project's `.reprise/config.yaml`, by name.
 *
 * @throws DiagnosticError `bad-setting`
 */
export function readChannels(root: string): ReadonlyMap<string, Channel> {
  const channels = projectSection(root, 'notifications', channelsSchema);
  const names = namesOf(channels);
  return new Map(channels.map((channel, i) => [names[i] as string, channel]));
}
