import { InvalidArgumentError } from 'commander';

/** A number within these bounds, both included. */
export function numberFlag(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= least && value <= most && Number.isFinite(value)) return value;
    throw new InvalidArgumentError(
      `It must be a number from ${least}${most < Infinity ? ` to ${most}` : ''}.`,
    );
  };
}

/** A whole number within these bounds, both included. */
export function wholeFlag(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = numberFlag(least, most)(text);
    if (Number.isSafeInteger(value)) return value;
    throw new InvalidArgumentError('It must be a whole number.');
  };
}
