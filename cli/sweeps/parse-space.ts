import { DiagnosticError } from '../../diagnostics/index.js';
import type { SweepInput, TrialValue } from '../../workflows/index.js';

type Space = SweepInput['params'][string];

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const RANGE = new RegExp(`^(log:)?(${NUMBER})\\.\\.(${NUMBER})(?::(\\d+))?$`);

/**
 * `name=values`, as typed: `a,b,c` is a list; `4..16` whole numbers, `4..16:4` every fourth of them; `0.1..0.5` an interval;
 * `log:1e-5..1e-3` one whose logarithm is drawn evenly.
 *
 * @throws DiagnosticError `bad-param`
 */
export function parseParam(text: string): readonly [name: string, space: Space] {
  const split = text.indexOf('=');
  const name = text.slice(0, Math.max(0, split)).trim();
  const values = text.slice(split + 1).trim();
  if (split < 1 || name === '' || values === '') {
    throw new DiagnosticError('bad-param', {
      message: `--param ${text} does not say what to try`,
      expected: 'name=1e-4,3e-4 or name=4..16 or name=0.1..0.5 or name=log:1e-5..1e-3',
      fix: 'name the param, =, and its values',
    });
  }
  return [name, parseSpace(values)];
}

function parseSpace(text: string): Space {
  const [, log, low, high, step] = RANGE.exec(text) ?? [];
  if (low === undefined || high === undefined) return { choice: text.split(',').map(parseValue) };
  const bounds: [number, number] = [Number(low), Number(high)];
  if (log) return { loguniform: bounds };
  const isWhole = [low, high].every((bound) => /^[-+]?\d+$/.test(bound));
  if (isWhole) return { int: bounds, step: step === undefined ? 1 : Number(step) };
  return { uniform: bounds };
}

/** As YAML would read it; what is in quotes is text. */
function parseValue(text: string): TrialValue {
  const value = text.trim();
  const quoted = /^(["'])(.*)\1$/.exec(value);
  if (quoted) return quoted[2] ?? '';
  if (value === 'true' || value === 'false') return value === 'true';
  if (value === 'null') return null;
  return new RegExp(`^${NUMBER}$`).test(value) ? Number(value) : value;
}
