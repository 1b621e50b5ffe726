/**
 * Python's `repr` of a finite float: the shortest digits that read back as the same number (JavaScript finds the same), with
 * an exponent of at least two digits below 1e-4 and from 1e16 on.
 */
export function floatRepr(value: number): string {
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (Object.is(value, -0)) return '-0.0';
  const negative = digits.startsWith('-') ? '-' : '';
  const bare = digits.replace('-', '').replace('.', '');
  if (exponent < 0) return `${negative}0.${'0'.repeat(-exponent - 1)}${bare}`;
  const whole = bare.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${negative}${whole}.${bare.slice(exponent + 1) || '0'}`;
}
