import { KEYWORD, SECTION, TRIPLE_QUOTE, unquote } from './ini.js';

interface Line {
  readonly kind: 'section' | 'setting' | 'other';
  /** Of a section or a setting, in lower case. */
  readonly name: string;
  /** Several, for a value in triple quotes. */
  readonly text: string;
}

/**
 * The text of a configuration file, changed line by line: what is not touched, comments too, stays as it was written. New lines
 * look as DVC writes them.
 */
export class EditableIni {
  #lines: Line[];

  constructor(text: string) {
    this.#lines = readLines(text);
  }

  get text(): string {
    return this.#lines.map((line) => `${line.text}\n`).join('');
  }

  hasSection(section: string): boolean {
    return this.#start(section) >= 0;
  }

  set(section: string, key: string, value: string): void {
    const line: Line = { kind: 'setting', name: key, text: `    ${key} = ${quote(value)}` };
    const at = this.#find(section, key);
    if (at >= 0) this.#lines[at] = line;
    else {
      if (!this.hasSection(section)) this.#addSection(section);
      this.#lines.splice(this.#end(section), 0, line);
    }
  }

  /** A section that is empty then goes, too. */
  unset(section: string, key: string): void {
    const at = this.#find(section, key);
    if (at < 0) return;
    this.#lines.splice(at, 1);
    const rest = this.#lines.slice(this.#start(section) + 1, this.#end(section));
    if (rest.every(({ text }) => text.trim() === '')) this.removeSection(section);
  }

  get(section: string, key: string): string | undefined {
    const [, , value] = KEYWORD.exec(this.#lines[this.#find(section, key)]?.text ?? '') ?? [];
    return value === undefined ? undefined : unquote(value.trim());
  }

  removeSection(section: string): void {
    const start = this.#start(section);
    if (start >= 0) this.#lines.splice(start, this.#end(section) - start);
  }

  /** Takes all settings out of a section, which stays where it is. */
  clearSection(section: string): void {
    const start = this.#start(section);
    if (start >= 0) this.#lines.splice(start + 1, this.#end(section) - start - 1);
  }

  /** Under its new name it stands last, as DVC has it. */
  renameSection(section: string, name: string): void {
    const start = this.#start(section);
    if (start < 0) return;
    const [, ...settings] = this.#lines.splice(start, this.#end(section) - start);
    this.#lines.push({ kind: 'section', name, text: `[${heading(name)}]` }, ...settings);
  }

  /** DVC writes named sections (`remote "…"`) after all others. */
  #addSection(section: string): void {
    const line: Line = { kind: 'section', name: section, text: `[${heading(section)}]` };
    const named = this.#lines.findIndex(({ kind, name }) => kind === 'section' && name.includes('"'));
    if (section.includes('"') || named < 0) this.#lines.push(line);
    else this.#lines.splice(named, 0, line);
  }

  #start(section: string): number {
    return this.#lines.findIndex(({ kind, name }) => kind === 'section' && name === section);
  }

  /** After the section's last setting: blank lines and comments before the next section belong to that one. */
  #end(section: string): number {
    const start = this.#start(section);
    const next = this.#lines.findIndex(({ kind }, index) => index > start && kind === 'section');
    let end = next < 0 ? this.#lines.length : next;
    while (end > start + 1 && this.#lines[end - 1]?.kind === 'other') end--;
    return end;
  }

  #find(section: string, key: string): number {
    const start = this.#start(section);
    if (start < 0) return -1;
    const end = this.#end(section);
    return this.#lines.findIndex(
      ({ kind, name }, index) => index > start && index < end && kind === 'setting' && name === key,
    );
  }
}

/** @param text that `parseIni` has accepted */
function readLines(text: string): Line[] {
  const raw = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const lines: Line[] = [];
  for (let index = 0; index < raw.length; index++) {
    const line = raw[index] as string;
    const section = /^\s*(#|$)/.test(line) ? undefined : SECTION.exec(line)?.[1];
    const [, key, value = ''] =
      section === undefined && !/^\s*#/.test(line) ? (KEYWORD.exec(line) ?? []) : [];
    if (section !== undefined)
      lines.push({ kind: 'section', name: unquote(section).toLowerCase(), text: line });
    else if (key === undefined) lines.push({ kind: 'other', name: '', text: line });
    else {
      let whole = line;
      const mark = TRIPLE_QUOTE.exec(value)?.[0];
      if (mark !== undefined && !value.slice(3).includes(mark))
        do whole += `\n${raw[++index] ?? mark}`;
        while (!raw[index]?.includes(mark) && index < raw.length);
      lines.push({ kind: 'setting', name: unquote(key).toLowerCase(), text: whole });
    }
  }
  return lines.length === 1 && lines[0]?.text === '' ? [] : lines;
}

/** As Python's ConfigObj quotes. */
function quote(value: string): string {
  if (value.includes('\n') || (value.includes("'") && value.includes('"'))) {
    const mark = value.includes("'''") ? '"""' : "'''";
    return mark + value + mark;
  }
  if (value !== '' && !/^[\s'"]|[\s'"]$|[,#]/.test(value)) return value;
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

function heading(section: string): string {
  return section.includes('"') ? `'${section}'` : section;
}
