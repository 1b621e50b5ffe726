import { knownErrors } from '../errors/known-errors.js';

/** The page that lists what can be refused, and what to do about it. */
export function errorsPage(root: string): string {
  const rows = knownErrors(root).map(({ code, message, fix }) =>
    [`\`${code}\``, message, fix].map((text) => cell(text)).join(' | '),
  );
  return `# Errors

Every error that a person can mend, by its code, written down from the sources (\`npm run docs\`). \`…\` stands for a name, a
place or a number. With \`--json\` an error is one object: \`{"event": "error", "code", "message", "at", "expected", "found", "fix"}\`.
An error without a code here is a fault of ours: run the command again with \`REPRISE_DEBUG=1\`, which prints where it came
from. For what goes wrong most often, see [troubleshooting.md](troubleshooting.md).

| code | what it says | what to do |
| - | - | - |
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}

/** As Markdown shows it in a table as it is: what is no code may hold stars, brackets and bars. */
function cell(text: string): string {
  return text.startsWith('\`') && !text.includes(' ')
    ? text
    : text.replace(/\s+/g, ' ').replace(/[|<*_[\]]/g, (sign) => `\\${sign}`);
}
