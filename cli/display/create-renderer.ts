import type { Renderer } from './events.js';
import { chooseGlyphs } from './glyphs.js';
import { jsonRenderer } from './json-renderer.js';
import { linesRenderer } from './lines-renderer.js';
import type { Terminal } from './live-region.js';
import { wantsColour } from './palette.js';
import { tableRenderer } from './table-renderer.js';

export interface RendererOptions {
  readonly json: boolean;
  /** For tests: by default the process's own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly out?: Terminal & { readonly isTTY?: boolean };
}

/** JSON if asked; a live table on a terminal that can move its cursor; plain lines elsewhere, and in CI, which only looks like one. */
export function createRenderer({ json, env = process.env, out = process.stdout }: RendererOptions): Renderer {
  if (json) return jsonRenderer(out);
  const isTerminal = out.isTTY === true;
  const coloured = wantsColour(env, isTerminal);
  const live = isTerminal && env['TERM'] !== 'dumb' && !isCi(env);
  return live ? tableRenderer(out, chooseGlyphs(env), coloured) : linesRenderer(out, coloured);
}

function isCi(env: NodeJS.ProcessEnv): boolean {
  return env['CI'] !== undefined && env['CI'] !== '' && env['CI'] !== 'false' && env['CI'] !== '0';
}
