import ts from 'typescript';

/** The docstring of a declaration as Markdown: what it is, then its parameters, what it returns and throws. */
export function docstringOf(declaration: ts.Statement): string {
  const comments = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
  const doc = comments.at(-1);
  if (!doc) return '';
  const lines = (doc.tags ?? []).map((tag) => {
    const text = plain(tag.comment);
    if (ts.isJSDocParameterTag(tag)) return `- \`${tag.name.getText()}\`: ${text}`;
    return `- ${tag.tagName.text}: ${text}`;
  });
  return [plain(doc.comment), lines.join('\n')].filter(Boolean).join('\n\n');
}

function plain(comment: ts.JSDoc['comment']): string {
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}
