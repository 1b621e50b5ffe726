import type { PreprocessingConfig } from '../../../configs/index.js';
import { DiagnosticError } from '../../../diagnostics/index.js';

export interface MappedLabel {
  readonly label: string | undefined;
  /** `unmapped` says to drop it. */
  readonly drop: boolean;
}

/** @throws DiagnosticError `unmapped-label` */
export function mapLabel(
  label: string | undefined,
  { label_map: map, unmapped = 'keep' }: PreprocessingConfig,
  file: string,
  line: number,
): MappedLabel {
  if (!map || label === undefined || label === '') return { label, drop: false };
  if (Object.hasOwn(map, label)) return { label: map[label], drop: false };
  if (unmapped !== 'error') return { label, drop: unmapped === 'drop' };
  throw new DiagnosticError('unmapped-label', {
    message: `preprocessing.label_map has no ${JSON.stringify(label)}, and preprocessing.unmapped is error`,
    at: { file, line },
    expected: `one of ${Object.keys(map).join(', ')}`,
    found: label,
    fix: 'add it to label_map in configs/data_config.yaml, or set unmapped to keep or drop',
  });
}
