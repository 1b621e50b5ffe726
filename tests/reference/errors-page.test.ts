import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { knownErrors } from '../../reference/errors/known-errors.js';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');
const listed = new Set([...page.matchAll(/^\| `([^`]+)`/gm)].map(([, code]) => code as string));

/** What docstrings promise: `@throws DiagnosticError \`code\`, \`code\``. */
function promised(): string[] {
  const rooms = ['activities', 'cli', 'compute', 'configs', 'dvc', 'finetuning', 'infra', 'notifications'];
  const others = ['promotion', 'runner', 'storage', 'tracking', 'workers', 'workspaces'];
  return [...rooms, ...others].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => {
        const text = readFileSync(join(root, room, path), 'utf8');
        const tags = [...text.matchAll(/@throws DiagnosticError ((?:`[a-z0-9-]+`(?:, | and )?)+)/g)];
        return tags.flatMap(([, codes]) =>
          [...(codes as string).matchAll(/`([a-z0-9]+-[a-z0-9-]+)`/g)].map(([, code]) => code as string),
        );
      }),
  );
}

describe('the page of errors', () => {
  it('has every code that a docstring promises', () => {
    const codes = [...new Set(promised())];
    expect(codes.length).toBeGreaterThan(80);
    const prefixes = [...listed].filter((code) => code.endsWith('…')).map((code) => code.slice(0, -1));
    const missing = codes.filter(
      (code) => !listed.has(code) && !prefixes.some((each) => code.startsWith(each)),
    );
    expect(missing).toEqual([]);
  });

  it('has every code that is thrown by name', () => {
    const errors = knownErrors(root);
    expect(errors.length).toBeGreaterThan(250);
    expect(errors.map(({ code }) => code).filter((code) => !listed.has(code))).toEqual([]);
    expect(errors.find(({ code }) => code === 'not-a-folder')).toEqual({
      code: 'not-a-folder',
      message: '… is a file',
      fix: 'name a folder; it is made if it does not exist',
    });
  });

  it('is not contradicted by the troubleshooting page', () => {
    const named = [
      ...readFileSync(join(root, 'docs/troubleshooting.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)`/gm),
    ];
    expect(named.length).toBeGreaterThan(10);
    for (const [, code] of named) expect(listed).toContain(code);
  });
});
