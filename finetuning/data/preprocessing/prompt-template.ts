/** Used where a context is asked for, and nothing else is said. */
const PLAIN = '{prompt}\n\n{context}';

/**
 * The prompt of an instruction, and of what it is about. A paragraph of the template with `{context}` is left out where
 * there is none.
 */
export function filledPrompt(
  template: string | undefined,
  prompt: string,
  context: string | undefined,
): string {
  if (template === undefined && context === undefined) return prompt;
  const given = context?.trim() ?? '';
  return (template ?? PLAIN)
    .split('\n\n')
    .filter((paragraph) => given !== '' || !paragraph.includes('{context}'))
    .join('\n\n')
    .replace(/\{(prompt|context)\}/g, (_, name) => (name === 'prompt' ? prompt : given));
}
