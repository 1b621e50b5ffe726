import ts from 'typescript';

/** How a thing is used, as TypeScript without bodies: a function's head, a class's public members, a type as it stands. */
export function declarationText(declaration: ts.Statement): string {
  if (ts.isFunctionDeclaration(declaration)) return headOf(declaration);
  if (ts.isClassDeclaration(declaration)) return classText(declaration);
  if (ts.isVariableStatement(declaration)) return variableText(declaration);
  return declaration.getText().replace(/^export /, '');
}

/** From its first word to its body. */
function headOf(node: ts.FunctionLikeDeclaration): string {
  const end = node.body ? node.body.getStart() : node.getEnd();
  const text = node.getSourceFile().text.slice(node.getStart(), end);
  return `${text
    .trim()
    .replace(/;$/, '')
    .replace(/^export /, '')
    .replace(/^async /, '')};`;
}

function classText(node: ts.ClassDeclaration): string {
  const source = node.getSourceFile().text;
  const open = source.indexOf('{', node.members.pos - 1);
  const head = source.slice(node.getStart(), open).replace(/^export /, '');
  const members = node.members.filter(isPublic).map((member) => {
    const comment = commentOf(member);
    const text = memberText(member);
    return `${comment === '' ? '' : `  ${comment}\n`}  ${text}`;
  });
  return `${head}{\n${members.join('\n')}\n}`;
}

function isPublic(member: ts.ClassElement): boolean {
  if (member.name && ts.isPrivateIdentifier(member.name)) return false;
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  return !modifiers.some(
    ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword,
  );
}

function memberText(member: ts.ClassElement): string {
  if (ts.isFunctionLike(member)) return headOf(member as ts.FunctionLikeDeclaration);
  if (ts.isPropertyDeclaration(member) && member.initializer) {
    const text = member.getSourceFile().text;
    const end = member.type ? member.type.getEnd() : member.name.getEnd();
    return `${text.slice(member.getStart(), end)};`;
  }
  return member.getText();
}

function commentOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  return comment ? comment.getText() : '';
}

/** With its type where it is written down; a small value as it is. */
function variableText(statement: ts.VariableStatement): string {
  return statement.declarationList.declarations
    .map(({ name, type, initializer }) => {
      if (type) return `const ${name.getText()}: ${type.getText()};`;
      const value = initializer?.getText() ?? '';
      return value.split('\n').length <= 12
        ? `const ${name.getText()} = ${value};`
        : `const ${name.getText()};`;
    })
    .join('\n');
}
