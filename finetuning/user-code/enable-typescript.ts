import module from 'node:module';

let enabled: boolean | undefined;

/**
 * Lets this process import TypeScript. Node does so by itself since 22.18 and 23.6; before, since 20.6, it lets us take the
 * types out.
 *
 * @returns whether it can
 */
export function enableTypeScript(): boolean {
  return (enabled ??= runsTypeScript() || registerHooks());
}

function runsTypeScript(): boolean {
  const { typescript } = process.features as { readonly typescript?: false | string };
  return typeof typescript === 'string';
}

function registerHooks(): boolean {
  const { register } = module as { readonly register?: typeof module.register };
  if (register === undefined) return false;
  register('./strip-types.mjs', import.meta.url);
  return true;
}
