import { transformFileSync } from '@swc/core';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Compiles rooms into a temporary folder, for a test that must run them in a plain Node process of its own. */
export function compileRooms(...rooms: string[]): string {
  const target = mkdtempSync(join(tmpdir(), 'reprise-compiled-'));
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(target, 'node_modules'));
  for (const room of rooms) {
    for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const file = join(target, room, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(file), { recursive: true });
      const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, swcrc: false } as const;
      writeFileSync(file, transformFileSync(join(root, room, name), options).code);
    }
  }
  return target;
}
