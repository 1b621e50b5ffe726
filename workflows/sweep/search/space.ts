import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const choices = z.array(scalar).min(1);
const bounds = z.tuple([z.number(), z.number()]);

const EXPECTED =
  'expected a list of values, or {"choice": […]}, {"int": [min, max], "step": 1}, {"uniform": [min, max]} or {"loguniform": [min, max]}';

/** The values of one param. */
export const paramSpace = z.union(
  [
    choices.transform((choice) => ({ choice })),
    z.strictObject({ choice: choices }),
    z.strictObject({ int: bounds, step: z.number().int().min(1).default(1) }),
    z.strictObject({ uniform: bounds }),
    z.strictObject({ loguniform: bounds }),
  ],
  { error: EXPECTED },
);

export type ParamSpace = z.output<typeof paramSpace>;

/** What is wrong with it beyond its form. */
export function spaceMistake(space: ParamSpace): string | undefined {
  if ('choice' in space) return undefined;
  const [min, max] = 'int' in space ? space.int : 'uniform' in space ? space.uniform : space.loguniform;
  if (min > max) return `${min} is greater than ${max}: the smaller bound comes first`;
  if ('int' in space && !(Number.isSafeInteger(min) && Number.isSafeInteger(max)))
    return 'the bounds of an int are whole numbers';
  if ('loguniform' in space && min <= 0) return 'the bounds of a loguniform are greater than 0';
  return undefined;
}

/** How many values it has; Infinity for an interval. */
export function spaceSize(space: ParamSpace): number {
  if ('choice' in space) return space.choice.length;
  return 'int' in space ? Math.floor((space.int[1] - space.int[0]) / space.step) + 1 : Infinity;
}

/** Its value at an index below {@link spaceSize}. */
export function valueAt(space: ParamSpace, index: number): z.output<typeof scalar> {
  if ('choice' in space) return space.choice[index] ?? null;
  if ('int' in space) return space.int[0] + index * space.step;
  throw new RangeError('an interval has no list of values');
}

/** @param u drawn from [0, 1) */
export function sample(space: ParamSpace, u: number): z.output<typeof scalar> {
  const size = spaceSize(space);
  if (Number.isFinite(size)) return valueAt(space, Math.floor(u * size));
  if ('uniform' in space) return readable(space.uniform[0] + u * (space.uniform[1] - space.uniform[0]));
  const [low, high] = (space as { loguniform: [number, number] }).loguniform.map(Math.log) as [
    number,
    number,
  ];
  return readable(Math.exp(low + u * (high - low)));
}

/** Six digits are more than any figure that is tuned needs, and can be read in a params file. */
function readable(value: number): number {
  return Number(value.toPrecision(6));
}
