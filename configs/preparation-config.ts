import { z } from 'zod';

const share = z.number().gt(0).lt(1);
/** A day, or a moment with its zone, so that no host's clock matters. */
const moment = z.string().regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/, {
  message: 'must be a day, as 2024-05-31, or a moment with its zone, as 2024-05-31T12:00:00Z',
});

const shares = {
  /** The share of the rows that test. */
  test: share,
  /** The share of the rows that validate. */
  val: share,
};

const splitSchema = z
  .discriminatedUnion('by', [
    z.strictObject({
      /** `row`: by a hash of seed and id. A row stays in its split whatever is added or taken away. */
      by: z.literal('row'),
      ...shares,
    }),
    z.strictObject({
      /** `label`: the same shares of each label. Rows that are added move few others. */
      by: z.literal('label'),
      ...shares,
    }),
    z.strictObject({
      /** `group`: by a hash of seed and group (preprocessing.fields.group). A group is in one split. */
      by: z.literal('group'),
      ...shares,
    }),
    z.strictObject({
      /** `time`: the newest rows test, those before them validate. Rows of one time stay together. */
      by: z.literal('time'),
      ...shares,
    }),
    z.strictObject({
      /** `date`: the same, by days that stay where they are when rows are added. */
      by: z.literal('date'),
      /** Rows from then on validate: a day, or a moment with its zone. */
      val_from: moment,
      /** Rows from then on test. */
      test_from: moment,
    }),
  ])
  .refine((split) => split.by === 'date' || split.test + split.val < 1, {
    message: 'test and val leave no rows to train',
  })
  .refine((split) => split.by !== 'date' || Date.parse(split.val_from) < Date.parse(split.test_from), {
    message: 'val_from must be before test_from',
  });

export type SplitConfig = z.output<typeof splitSchema>;

export const preparationSchema = z
  .strictObject({
    /** Rows of each, in each label's proportion; or `split`. */
    test_rows: z.int().min(1).optional(),
    /** As `test_rows`. */
    val_rows: z.int().min(1).optional(),
    /** Shares or days in place of numbers of rows. */
    split: splitSchema.optional(),
    /** `null`: every row that is left. */
    max_train_rows: z.int().min(1).nullable(),
    /** Writes data/report.json and data/report.html: what became of the data, and whether its splits leak. */
    report: z.boolean().optional(),
  })
  .superRefine(({ test_rows, val_rows, split }, context) => {
    for (const [key, value] of Object.entries({ test_rows, val_rows }))
      if ((value === undefined) === (split === undefined))
        context.addIssue({
          code: 'custom',
          path: [key],
          message:
            split === undefined ? 'is needed, or split' : 'says the same as split: leave one of them out',
        });
  });

export type PreparationConfig = z.output<typeof preparationSchema>;
