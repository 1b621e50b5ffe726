/**
 * Which type a plain scalar would be read as, by the rules that ruamel.yaml has for YAML 1.2. They are wider than the
 * standard's: `1_000`, `0b1` and `007` are integers, `2020-01-01` a timestamp. A string that matches one is quoted.
 */
export type ImplicitType =
  'bool' | 'float' | 'int' | 'merge' | 'null' | 'timestamp' | 'value' | 'yaml' | 'str';

/** In the order in which they are tried, with the first characters that they are tried for. */
const RULES: readonly (readonly [ImplicitType, RegExp, string])[] = [
  ['bool', /^(?:true|True|TRUE|false|False|FALSE)$/, 'tTfF'],
  [
    'float',
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    '-+0123456789.',
  ],
  ['int', /^(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/, '-+0123456789'],
  ['merge', /^<<$/, '<'],
  ['null', /^(?:~|null|Null|NULL|)$/, '~nN'],
  [
    'timestamp',
    /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/,
    '0123456789',
  ],
  ['value', /^=$/, '='],
  ['yaml', /^(?:!|&|\*)$/, '!&*'],
];

export function implicitType(text: string): ImplicitType {
  if (text === '') return 'null';
  const first = text.charAt(0);
  for (const [type, pattern, starts] of RULES) {
    if (starts.includes(first) && pattern.test(text)) return type;
  }
  return 'str';
}
