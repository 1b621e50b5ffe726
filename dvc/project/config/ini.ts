import { DiagnosticError, type Location } from '../../../diagnostics/index.js';

export type IniValue = string | readonly string[];
/** Section → key → value; names in lower case. */
export type IniFile = ReadonlyMap<string, ReadonlyMap<string, IniValue>>;

export const SECTION = /^\s*\[\s*("\s*\S.*?\s*"|'\s*\S.*?\s*'|[^'"\s[\]].*?)\s*\]\s*(?:#.*)?$/;
export const KEYWORD = /^\s*(".*?"|'.*?'|[^'"=].*?)\s*=\s*(.*)$/;
const ITEM = /^\s*("[^"]*"|'[^']*'|[^'",#][^,#]*?|)\s*(,|#.*$|$)/;
export const TRIPLE_QUOTE = /^("""|''')/;

/**
 * Reads the INI dialect of Python's ConfigObj, as far as DVC's configuration uses it: sections of one level, quoted names and
 * values, comments after values, lists by commas, triple-quoted values.
 *
 * @param onLine called with each section (without a key) and each setting, as they stand there
 * @throws DiagnosticError `bad-config`
 */
export function parseIni(
  text: string,
  file: string,
  onLine: (line: { section: string; key?: string; at: Location }) => void = () => undefined,
): IniFile {
  const sections = new Map<string, Map<string, IniValue>>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  let section = new Map<string, IniValue>();
  let sectionName = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    const at: Location = { file, line: index + 1, column: line.search(/\S/) + 1, source: line };
    const fail = (message: string) =>
      new DiagnosticError('bad-config', {
        message,
        at,
        fix: 'correct that line: a section is written [name], a setting key = value',
      });
    if (/^\s*(#|$)/.test(line)) continue;
    const heading = SECTION.exec(line);
    if (heading) {
      const name = unquote(heading[1] as string).toLowerCase();
      if (sections.has(name)) throw fail(`section [${name}] occurs twice`);
      section = new Map();
      sections.set(name, section);
      sectionName = name;
      onLine({ section: name, at });
      continue;
    }
    const [, keyText, valueText = ''] = KEYWORD.exec(line) ?? [];
    if (keyText === undefined) throw fail('this line is neither a section nor a setting');
    const key = unquote(keyText).toLowerCase();
    if (section.has(key)) throw fail(`${key} is set twice in one section`);
    onLine({ section: sectionName, key, at });
    if (TRIPLE_QUOTE.test(valueText)) {
      const quote = valueText.slice(0, 3);
      let value = valueText.slice(3);
      while (!value.includes(quote)) {
        const next = lines[++index];
        if (next === undefined) throw fail(`the value of ${key} has no closing ${quote}`);
        value += `\n${next}`;
      }
      section.set(key, value.slice(0, value.indexOf(quote)));
      continue;
    }
    const value = parseValue(valueText);
    if (value === undefined) throw fail(`the value of ${key} is badly quoted`);
    section.set(key, value);
  }
  return sections;
}

function parseValue(text: string): IniValue | undefined {
  const items: string[] = [];
  let rest = text;
  for (;;) {
    const [all, item = '', end = ''] = ITEM.exec(rest) ?? [];
    if (all === undefined) return undefined;
    rest = rest.slice(all.length);
    const isLast = end !== ',';
    if (isLast && items.length === 0) return unquote(item);
    if (!(isLast && item === '') && !(!isLast && item === '' && rest.trim() === ''))
      items.push(unquote(item));
    if (isLast) return items;
  }
}

export function unquote(text: string): string {
  const quote = text[0];
  return text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote)
    ? text.slice(1, -1)
    : text;
}
