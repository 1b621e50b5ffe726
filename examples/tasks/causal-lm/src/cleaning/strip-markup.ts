import type { CleaningStep } from 'reprise/finetuning';

const TAG = /<\/?[a-z][^<>]*>/gi;
const CHARACTERS: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};

/** Takes HTML's tags out of the texts, and puts the characters in that its entities stand for. */
export function createStep(): CleaningStep {
  return {
    text: (text) =>
      text
        .replace(TAG, ' ')
        .replace(/&(\w+);/g, (entity, name: string) => CHARACTERS[name.toLowerCase()] ?? entity),
  };
}
