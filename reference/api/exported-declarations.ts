import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One exported name, and what declares it: several for overloads. */
export interface Exported {
  readonly name: string;
  readonly declarations: readonly ts.Statement[];
}

/**
 * What a module exports, in its order, with re-exports followed to the files of ours that declare them. Syntax alone is
 * read, which takes milliseconds; this codebase writes its types down.
 *
 * @param file absolute
 * @throws Error where a name's declaration is not found
 */
export function exportedDeclarations(file: string): readonly Exported[] {
  return parse(file).statements.flatMap((statement): Exported[] => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause: clause, moduleSpecifier: from } = statement;
    if (!clause || !ts.isNamedExports(clause) || !from || !ts.isStringLiteral(from)) return [];
    const target = sourceOf(file, from.text);
    return clause.elements.map(({ name, propertyName }) => {
      const found = target && find(target, (propertyName ?? name).text);
      if (!found) throw new Error(`${file}: nothing declares ${name.text}`);
      return { name: name.text, declarations: found };
    });
  });
}

/** Its leading comment, if it has one: what a module is for. */
export function moduleComment(file: string): string | undefined {
  const text = readFileSync(file, 'utf8');
  const [range] = ts.getLeadingCommentRanges(text, 0) ?? [];
  const comment = range && text.slice(range.pos, range.end);
  if (!comment?.startsWith('/**')) return undefined;
  return comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join('\n')
    .trim();
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
}

/** Undefined for a package. */
function sourceOf(file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const path = join(dirname(file), specifier.replace(/\.js$/, '.ts'));
  return existsSync(path) ? path : undefined;
}

function find(file: string, name: string): readonly ts.Statement[] | undefined {
  const source = parse(file);
  const own = source.statements.filter((statement) => namesOf(statement).includes(name));
  if (own.length > 0) return own;
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)) continue;
    const elements = ts.isExportDeclaration(statement)
      ? statement.exportClause && ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements
        : []
      : statement.importClause?.namedBindings && ts.isNamedImports(statement.importClause.namedBindings)
        ? statement.importClause.namedBindings.elements
        : [];
    const element = elements.find((each) => each.name.text === name);
    const from = statement.moduleSpecifier;
    const target = element && from && ts.isStringLiteral(from) && sourceOf(file, from.text);
    if (target) return find(target, (element.propertyName ?? element.name).text);
  }
  return undefined;
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement)
  )
    return statement.name ? [statement.name.text] : [];
  return [];
}
