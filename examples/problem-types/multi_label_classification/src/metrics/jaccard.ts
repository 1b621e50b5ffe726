import type { LabelsAnswer, Metric } from 'reprise/finetuning';

/** Labels that a row has and is given, of those that it has or is given: the mean over the rows. 1 where it has and is given none. */
export function createMetric(): Metric<LabelsAnswer> {
  return (rows) => {
    const of = ({ labels, prediction }: LabelsAnswer): number => {
      const all = new Set([...labels, ...prediction]);
      return all.size === 0 ? 1 : labels.filter((label) => prediction.includes(label)).length / all.size;
    };
    return rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  };
}
