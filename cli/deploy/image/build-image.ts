import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** What builds images, in the order in which they are looked for. */
const BUILDERS = ['docker', 'podman'];

/**
 * Builds the image of a context; what the builder says goes to stderr.
 *
 * @param target of the Dockerfile
 * @throws DiagnosticError `no-image-builder`, `image-not-built`
 */
export async function buildImage(context: string, target: 'cpu' | 'cuda', image: string): Promise<void> {
  const builder = await findBuilder();
  const args = ['build', '--target', target, '--tag', image, context];
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(builder, args, { stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  throw new DiagnosticError('image-not-built', {
    message: `${builder} ended with code ${String(code)}`,
    fix: `see what it said above, and try again: ${builder} ${args.join(' ')}`,
  });
}

/** One that is there, and whose server answers. */
async function findBuilder(): Promise<string> {
  const reasons: string[] = [];
  for (const builder of BUILDERS) {
    try {
      await promisify(execFile)(builder, ['info']);
      return builder;
    } catch (error) {
      const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
      const said = stderr.trim().split('\n').at(-1);
      reasons.push(`${builder}: ${code === 'ENOENT' ? 'not on PATH' : said || 'it does not answer'}`);
    }
  }
  throw new DiagnosticError('no-image-builder', {
    message: 'nothing that builds images is at work here',
    found: reasons.join('; '),
    fix: 'start docker or podman; or carry the folder to where one is, and build it there',
  });
}
