import { TemplateError } from './template-error.js';

/** `${…}` with no backslash before it. */
const TEMPLATE = /(?<!\\)\$\{(.*?)\}/g;
/** A name, then `.name` and `[index]` in any order. */
const EXPRESSION = /^[^.[\]]+(?:\s*\.[^.[\]]+|\s*\[[^.[\]]+\s*\])*\s*$/;

export interface TemplateMatch {
  /** With its braces. */
  readonly text: string;
  readonly expression: string;
  readonly start: number;
}

export function findTemplates(text: string): readonly TemplateMatch[] {
  return [...text.matchAll(TEMPLATE)].map((match) => ({
    text: match[0],
    expression: match[1] as string,
    start: match.index,
  }));
}

/** @throws TemplateError `template-syntax` */
export function checkTemplates(text: string): void {
  for (const match of findTemplates(text)) {
    if (EXPRESSION.test(match.expression)) continue;
    throw new TemplateError(
      'template-syntax',
      `${match.text} is not a name that a template can have`,
      'write ${name}, ${name.part} or ${list[0]}; a literal ${ is written \\${',
      match.text,
    );
  }
}

/** The steps from the top of the context: `a.b[0]` gives a, b, 0. */
export function stepsOf(expression: string): readonly string[] {
  return expression
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .split('.')
    .map((step) => step.trim());
}
