import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

/** What a script that calculates may import. */
const ROOMS = ['compute', 'diagnostics', 'finetuning', 'configs', 'infra/locate'];

/**
 * A script of the tests and the rooms it draws on, as JavaScript, for a process of its own: the most memory that a process has
 * held is only known for the whole of it.
 *
 * @param script without its ending, from the repository's root
 * @returns the file to run
 */
export function translated(script: string, folder: string): string {
  const rooms = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  );
  for (const file of [...rooms, `${script}.ts`].filter((name) => name.endsWith('.ts'))) {
    const { code } = transformFileSync(file, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  return join(folder, `${script}.js`);
}
