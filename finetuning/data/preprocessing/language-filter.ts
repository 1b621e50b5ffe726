import type { TextsConfig } from '../../../configs/index.js';

/** Characters that a language is told by: more say little more, and take time. */
const READ = 2000;

/** Whether a text is in a language that is wanted. */
export type IsWanted = (text: string) => boolean;

/**
 * Tells languages by the frequencies of runs of bytes (ELD, its smallest data: 85 MB of memory). Short texts and names are
 * often unsure; `preprocessing.languages.unsure` says what becomes of them. Loaded when it is first asked for.
 */
export async function languageFilter({ languages }: TextsConfig): Promise<IsWanted | undefined> {
  if (languages === undefined) return undefined;
  const { keep, unsure } = languages;
  const { eld } = await import('eld/extrasmall');
  const wanted = new Set<string>(keep);
  return (text) => {
    const found = eld.detect(text.slice(0, READ));
    return found.language === '' || !found.isReliable() ? unsure === 'keep' : wanted.has(found.language);
  };
}
