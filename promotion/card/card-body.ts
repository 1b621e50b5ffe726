import type { Lineage } from '../../workflows/index.js';
import type { Registry } from '../registry/settings.js';
import { cardFigures } from './figures.js';
import { code, plain } from './markdown.js';
import type { ModelFacts } from './model-facts.js';

export interface CardOptions {
  readonly registry: Registry;
  readonly version: number;
  readonly facts: ModelFacts;
  readonly lineage?: Lineage;
  /** Who, when (ISO 8601), and why. */
  readonly registered: { readonly at: string; readonly by: string; readonly reason: string };
}

/** The Markdown below the metadata: for people, and for MLflow's description of a version. */
export function cardBody({ registry, version, facts, lineage, registered }: CardOptions): string {
  const { name, settings } = registry;
  const what = [facts.method, facts.task].filter(Boolean).join(', ');
  const base =
    facts.base === undefined
      ? ''
      : `Finetuned from ${facts.onHub ? `[${facts.base}](https://huggingface.co/${facts.base})` : code(facts.base)}`;
  const sections = [
    `# ${name} v${version}`,
    settings.description ?? '',
    [base, what && `(${what})`].filter(Boolean).join(' '),
    `Registered ${registered.at} by ${plain(registered.by)}: ${plain(registered.reason)}`,
    section(
      'Figures',
      table(
        ['metric', 'value'],
        cardFigures(lineage?.metrics ?? {}).map(({ name: of, value }) => [plain(of), String(value)]),
      ),
    ),
    section('Code', codeText(lineage)),
    section(
      'Data',
      table(
        ['path', 'md5'],
        Object.entries(lineage?.data ?? {}).map(([path, md5]) => [code(path), code(md5)]),
      ),
    ),
    section(
      'Parameters',
      table(
        ['name', 'value'],
        Object.entries(lineage?.params ?? {}).map(([key, value]) => [
          code(key),
          code(typeof value === 'string' ? value : JSON.stringify(value)),
        ]),
      ),
    ),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function codeText(lineage: Lineage | undefined): string {
  const { code: from, stage } = lineage ?? {};
  const lines = [
    from &&
      `Commit ${code(from.commit)}${from.repository ? ` of ${plain(from.repository)}` : ''}${from.changed ? ', with changes that are not committed' : ''}.`,
    stage && `Stage ${code(stage.name)}: ${code(stage.command.replaceAll('\n', '; '))}.`,
  ];
  return lines.filter(Boolean).join('\n');
}

const section = (title: string, text: string): string => (text === '' ? '' : `## ${title}\n\n${text}`);

function table(head: readonly [string, string], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\|/g, '\\|').replace(/\n/g, ' ')).join(' | ')} |`;
  return [line(head), '| --- | --- |', ...rows.map(line)].join('\n');
}
