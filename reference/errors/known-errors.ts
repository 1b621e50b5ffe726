import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One place in the sources that refuses something. */
export interface KnownError {
  readonly code: string;
  /** With `…` for what is filled in. */
  readonly message: string;
  readonly fix: string;
}

/** Rooms whose errors a user can see. */
const ROOMS = [
  'activities',
  'cli',
  'compute',
  'configs',
  'diagnostics',
  'dvc',
  'finetuning',
  'infra',
  'notifications',
  'promotion',
  'runner',
  'storage',
  'tracking',
  'workers',
  'workflows',
  'workspaces',
];

/** What is wrong in a file is worked out from its schema. */
const BY_SCHEMA = {
  message: '…: what the value must be, or is not a known key',
  fix: 'correct …, or remove it',
};
/** Of a file of the user's: what loads it works out what is wrong. */
const OF_OWN_CODE = {
  message:
    '…: …: there is no such file, it lies outside of the project, cannot be loaded, or does not export what it should',
  fix: 'correct the file, or the setting that names it',
};
/** Calls that report how things go, and an ending that is no error. */
const TELLS = /^(report\.\w+|say|CancelledFailure)$/;

/**
 * Every `new DiagnosticError(code, {message, fix})` of the sources, and what is handed on as a code, sorted by code.
 *
 * @param root the checkout
 */
export function knownErrors(root: string): readonly KnownError[] {
  const found = new Map<string, KnownError>();
  for (const room of ROOMS)
    for (const path of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      // The set-up's, which become ours, are thrown by what runs before anything is compiled.
      if (!/\.(ts|mjs)$/.test(path)) continue;
      const text = readFileSync(join(root, room, path), 'utf8');
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
      visit(source, (error) => found.set(JSON.stringify(error), error));
    }
  const all = [...found.values()];
  // A message that comes from elsewhere says nothing here, unless it is all that is known.
  const telling = all.filter(
    (error) =>
      error.message !== '…' || !all.some(({ code, message }) => code === error.code && message !== '…'),
  );
  return telling.sort((a, b) => compare(a.code, b.code) || compare(a.message, b.message));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function visit(node: ts.Node, add: (error: KnownError) => void): void {
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && !TELLS.test(node.expression.getText())) {
    const [first, second, third] = node.arguments ?? [];
    const details = second && ts.isObjectLiteralExpression(second) ? second : undefined;
    const message = details && valueOf(details, 'message');
    if (first && message)
      for (const code of codesOf(first)) add({ code, message, fix: valueOf(details, 'fix') ?? '' });
    else if (
      first &&
      second &&
      ts.isNewExpression(node) &&
      /(Error|Failure)$/.test(node.expression.getText())
    )
      for (const code of codesOf(first))
        add({ code, message: textOf(second), fix: third ? textOf(third) : '' });
    else if (ts.isIdentifier(node.expression) && node.expression.text === 'parseWith' && node.arguments?.[2])
      for (const code of codesOf(node.arguments[2]))
        add({
          code,
          ...BY_SCHEMA,
        });
  }
  // What is said without being thrown, or handed on and refused elsewhere: `{ …, code: 'bad-callback' }`.
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'code')
    for (const code of codesOf(node.initializer))
      if (code.includes('-')) add({ code, ...saidBeside(node.parent) });
  ts.forEachChild(node, (child) => visit(child, add));
}

function saidBeside(details: ts.ObjectLiteralExpression): Omit<KnownError, 'code'> {
  if (valueOf(details, 'schema') !== undefined) return BY_SCHEMA;
  if (valueOf(details, 'setting') !== undefined) return OF_OWN_CODE;
  return { message: valueOf(details, 'message') ?? '…', fix: valueOf(details, 'fix') ?? '' };
}

function codesOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteral(node)) return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(node.text) ? [node.text] : [];
  if (ts.isTemplateExpression(node)) return /^[a-z-]+…$/.test(textOf(node)) ? [textOf(node)] : [];
  if (ts.isConditionalExpression(node)) return [...codesOf(node.whenTrue), ...codesOf(node.whenFalse)];
  return [];
}

function valueOf(details: ts.ObjectLiteralExpression, name: string): string | undefined {
  for (const property of details.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText() === name)
      return textOf(property.initializer);
    else if (ts.isShorthandPropertyAssignment(property) && property.name.text === name)
      return textOf(declarationOf(property.name));
  return undefined;
}

/** What a name stands for, where it is declared in a block around it. */
function declarationOf(name: ts.Identifier): ts.Expression | undefined {
  for (let around: ts.Node | undefined = name.parent; around; around = around.parent) {
    if (!ts.isBlock(around)) continue;
    for (const statement of around.statements.filter(ts.isVariableStatement))
      for (const declaration of statement.declarationList.declarations)
        if (declaration.name.getText() === name.text) return declaration.initializer;
  }
  return undefined;
}

/** What is said, as far as the source says it. */
function textOf(node: ts.Expression | undefined): string {
  if (node === undefined) return '…';
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  if (ts.isConditionalExpression(node)) return `${textOf(node.whenTrue)}; or: ${textOf(node.whenFalse)}`;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textOf(node.left) + textOf(node.right);
  return '…';
}
