import type { DiagnosticError } from './diagnostic-error.js';

/**
 * The text a person reads: `file:line:column: message`, the line with a marker, expected and found, and the fix.
 */
export function formatDiagnostic(error: DiagnosticError): string {
  const { at } = error;
  const place = at
    ? [at.file, at.line, at.line === undefined ? undefined : at.column]
        .filter((part) => part !== undefined)
        .join(':')
    : '';
  const lines = [place ? `${place}: ${error.message}` : error.message];
  if (at?.source !== undefined && at.line !== undefined) {
    const margin = `  ${at.line} | `;
    lines.push(margin + at.source);
    if (at.column !== undefined) lines.push(' '.repeat(margin.length + at.column - 1) + '^');
  }
  if (error.expected !== undefined) lines.push(`  expected: ${error.expected}`);
  if (error.found !== undefined) lines.push(`  found: ${error.found}`);
  if (error.fix !== undefined) lines.push(`  fix: ${error.fix}`);
  return lines.join('\n');
}
