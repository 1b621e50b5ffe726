/** Keys out of a variable: separated by commas. */
export function keysIn(variable: string): string[] {
  return (process.env[variable] ?? '')
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
}
