import type { ChosenFields } from './fields.js';

/** What a person is told of the columns that were not known by their names: what was taken, and how to say otherwise. */
export function fieldsLines({ fields, guessed, notAmong, pictures }: ChosenFields): string[] {
  const entries = Object.entries(fields);
  const taken = entries.map(([role, column]) => `${role}: ${column}`).join(', ');
  const otherwise = entries.map(([role]) => `--field ${role}=…`).join(' ');
  if (notAmong)
    return [
      `correct preprocessing.fields in configs/data_config.yaml: it has ${taken}, and the columns of the data are ${notAmong.join(', ')}`,
      `  (or lay it out again with ${otherwise} --force)`,
      ...(pictures === undefined
        ? []
        : [
            `  ${pictures} names pictures: those are learned with --task image-classification, and --data a folder with a folder of them for each label`,
          ]),
    ];
  return guessed
    ? [
        `taken by what is in the data: ${taken}; if that is wrong, correct preprocessing.fields in configs/data_config.yaml`,
        `  (or lay it out again with ${otherwise} --force)`,
      ]
    : [];
}
