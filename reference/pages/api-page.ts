import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { declarationText } from '../api/declaration-text.js';
import { docstringOf } from '../api/docstring.js';
import { exportedDeclarations, moduleComment } from '../api/exported-declarations.js';

/** The page that lists what each entry of the package exports. */
export function apiPage(root: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  const entries = Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === 'string'
      ? []
      : [entryText(`reprise${entry.slice(1)}`, join(root, sourceOf(target.types)))],
  );
  return `# API

What the package exports, written down from its docstrings (\`npm run docs\`). [plugin.md](plugin.md) shows the first two at
work. What is not here may change in any version.

${entries.join('\n')}`;
}

/** `./dist/dvc/index.d.ts` is made of `dvc/index.ts`. */
function sourceOf(types: string): string {
  return types.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts');
}

function entryText(name: string, file: string): string {
  const about = moduleComment(file) ?? '';
  const exported = exportedDeclarations(file).map(({ name: each, declarations }) => {
    const code = declarations.map(declarationText).join('\n');
    const text = [...new Set(declarations.map(docstringOf).filter(Boolean))].join('\n\n');
    return `### \`${each}\`\n\n${text}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
  });
  return `## \`${name}\`\n\n${about}\n\n${exported.join('\n')}`;
}
