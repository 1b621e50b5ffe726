/**
 * The text of a `.dvc/config.local` (INI, ConfigObj's dialect) with `cache.dir` set, whatever it said before. All else stays: a
 * section may stand only once, so the line goes into the one that is there.
 */
export function withCacheFolder(text: string, folder: string): string {
  const setting = `    dir = ${JSON.stringify(folder)}`;
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
  const heading = lines.findIndex((line) => /^\s*\[\s*["']?cache["']?\s*\]/i.test(line));
  if (heading < 0) return [...lines, '[cache]', setting, ''].join('\n');
  const after = lines.findIndex((line, i) => i > heading && /^\s*\[/.test(line));
  const end = after < 0 ? lines.length : after;
  const inside = lines.slice(heading + 1, end).filter((line) => !/^\s*["']?dir["']?\s*=/i.test(line));
  return [...lines.slice(0, heading + 1), setting, ...inside, ...lines.slice(end), ''].join('\n');
}
