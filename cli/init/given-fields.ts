import { DiagnosticError } from '../../diagnostics/index.js';
import type { ChosenFields } from './fields.js';
import type { Task } from './tasks.js';

const ANY = ['id', 'group', 'time'];
const LABELLED = ['text', 'text_pair', 'label', 'labels'];
/** Of these, a record has one form. */
const LANGUAGE = ['text', 'prompt', 'context', 'completion', 'messages'];

/**
 * `--field role=column`, as often as there are roles.
 *
 * @throws DiagnosticError `bad-field`, `field-alone`
 */
export function asFields(
  given: readonly string[],
  task: Task,
  data: string | undefined,
): Readonly<Record<string, string>> {
  if (given.length > 0 && (data === undefined || task === 'image-classification'))
    throw new DiagnosticError('field-alone', {
      message: '--field is about the columns of your own texts',
      expected: '--data, and --task text-classification or causal-lm',
      found: data === undefined ? 'no --data' : `--task ${task}`,
      fix: 'name your data with --data, or leave --field out; pictures lie in a folder for each label',
    });
  const roles = [...(task === 'causal-lm' ? LANGUAGE : LABELLED), ...ANY];
  return Object.fromEntries(
    given.map((field): [string, string] => {
      const [role = '', ...rest] = field.split('=');
      const column = rest.join('=');
      if (roles.includes(role) && column !== '') return [role, column];
      throw new DiagnosticError('bad-field', {
        message: '--field does not say which column is what',
        expected: `role=column, and as role one of ${roles.join(', ')}`,
        found: field,
        fix: 'write it as --field text=review --field label=stars',
      });
    }),
  );
}

/**
 * What was said, over what was found.
 *
 * @param columns undefined: not known yet
 * @throws DiagnosticError `no-column`
 */
export function withGiven(
  found: ChosenFields,
  given: Readonly<Record<string, string>>,
  columns: readonly string[] | undefined,
): ChosenFields {
  const roles = Object.keys(given);
  if (roles.length === 0) return found;
  const absent = columns && Object.values(given).find((column) => !columns.includes(column));
  if (columns && absent !== undefined)
    throw new DiagnosticError('no-column', {
      message: `--field names ${absent}, and the data has no column of this name`,
      expected: `one of ${columns.join(', ')}`,
      found: absent,
      fix: 'correct --field',
    });
  const isForm = (role: string): boolean => role.startsWith('label') || LANGUAGE.includes(role);
  const isLanguage = !Object.keys(found.fields).some((role) => role.startsWith('label'));
  const kept = Object.entries(found.fields).filter(([role]) =>
    isLanguage
      ? !roles.some(isForm)
      : !(role.startsWith('label') && roles.some((of) => of.startsWith('label'))),
  );
  const fields = { ...Object.fromEntries(kept), ...given };
  const isOpen = columns && Object.values(fields).some((column) => !columns.includes(column));
  const said = kept.every(([role]) => role in given);
  return {
    fields,
    ...(found.separator === undefined ? {} : { separator: found.separator }),
    ...(isOpen ? { notAmong: columns } : found.guessed && !said ? { guessed: true } : {}),
  };
}
