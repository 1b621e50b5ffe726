import { DiagnosticError, type Location } from '../../../diagnostics/index.js';
import { nearest } from '../../graph/nearest.js';
import { NAMED_SECTIONS, REMOTES, SECTIONS } from './known-settings.js';

/** A section's heading (without a key), or a setting. */
export interface WrittenSetting {
  readonly section: string;
  readonly key?: string;
  readonly at: Location;
}

/**
 * Refuses what DVC refuses: a section or a setting that it does not know. Those of a remote depend on its URL, which may stand on another
 * level.
 *
 * @param urlOf of the section of a remote
 * @throws DiagnosticError `bad-config`
 */
export function refuseUnknown(
  written: readonly WrittenSetting[],
  urlOf: (section: string) => string | undefined,
): void {
  for (const { section, key, at } of written) {
    const known = settingsOf(section, urlOf);
    if (known === 'any') continue;
    if (known === undefined)
      throw unknown(
        at,
        section === '' ? `${key} stands in no section` : `[${section}] is no section`,
        '',
        [],
      );
    if (key === undefined || known.has(key)) continue;
    throw unknown(at, `${key} is no setting of [${section}]`, key, [...known]);
  }
}

function settingsOf(
  section: string,
  urlOf: (section: string) => string | undefined,
): ReadonlySet<string> | 'any' | undefined {
  // DVC says that it passes over what it does not know there.
  if (section === 'feature') return 'any';
  if (Object.hasOwn(SECTIONS, section)) return SECTIONS[section];
  const [, kind = ''] = /^\s*(remote|machine|db)\s*".*"\s*$/.exec(section) ?? [];
  if (kind !== 'remote') return NAMED_SECTIONS[kind];
  const url = urlOf(section);
  if (url === undefined) return 'any';
  const [, scheme = ''] = /^([A-Za-z][\w+.-]*):\/\/[^/?#]/.exec(url) ?? [];
  return REMOTES[scheme.toLowerCase()] ?? 'any';
}

function unknown(at: Location, what: string, key: string, known: readonly string[]): DiagnosticError {
  const near = nearest(key, known);
  return new DiagnosticError('bad-config', {
    message: `${what} that DVC knows`,
    at,
    fix: near.length > 0 ? `did you mean ${near.join(', ')}?` : 'correct it, or remove it',
  });
}
