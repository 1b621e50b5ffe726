import type { TextsConfig } from '../../../configs/index.js';
import type { CleaningSteps, RowFacts } from '../../user-code/cleaning-step.js';
import { mapTexts, textOf } from '../rows/language-text.js';
import { pairDigest, textDigest } from '../rows/text-key.js';
import type { Candidate } from './candidate.js';
import { cleanText } from './clean-text.js';
import { languageFilter, type IsWanted } from './language-filter.js';
import { mapLabel } from './map-label.js';
import type { DropReason } from './preprocess-report.js';
import { readProse } from './prose.js';
import type { RawFile } from './raw-files.js';
import { readRecords } from './records.js';
import { redact } from './redact.js';
import type { SourceRecord } from './source-record.js';
import { readWordnetNouns } from './wordnet.js';

/** The texts of raw files, cleaned. */
export async function* textCandidates(
  files: readonly RawFile[],
  config: TextsConfig,
  steps?: CleaningSteps,
): AsyncGenerator<Candidate> {
  const isWanted = await languageFilter(config);
  let before = 0;
  for (const file of files) {
    for await (const record of readFile(file, config))
      yield candidate(record, file.shownAs, before + record.bytes, config, { isWanted, steps });
    before += file.bytes;
  }
}

function readFile({ path, shownAs, name }: RawFile, config: TextsConfig): AsyncGenerator<SourceRecord> {
  switch (config.format) {
    case 'wordnet-nouns':
      return readWordnetNouns(path, shownAs);
    case 'prose':
      return readProse(path, shownAs, name);
    case 'records':
      return readRecords(path, shownAs, config);
  }
}

function candidate(
  record: SourceRecord,
  file: string,
  bytes: number,
  config: TextsConfig,
  { isWanted, steps }: { readonly isWanted: IsWanted | undefined; readonly steps: CleaningSteps | undefined },
): Candidate {
  const { id, lemmas, group, time, line, filled } = record;
  const facts: RowFacts = {
    file,
    line,
    ...(id === undefined ? {} : { id }),
    ...(record.label === undefined ? {} : { label: record.label }),
  };
  const texts: string[] = [];
  const redacted = {};
  const whitespace = config.whitespace ?? ('text' in record.body ? 'collapse' : 'keep');
  let blank = false;
  const changed = (given: string): string => {
    const clean = cleanText(steps ? steps.text(given, facts) : given, config, whitespace);
    blank ||= clean.trim() === '';
    const text = config.redact ? redact(clean, config.redact, redacted) : clean;
    texts.push(text);
    return text;
  };
  const body = mapTexts(record.body, changed);
  const pair = record.pair === undefined ? undefined : changed(record.pair);
  const text = pair === undefined ? textOf(body) : `${textOf(body)}\n${pair}`;
  const { label, drop: unmapped, fields: answer, ...counted } = answerOf(record, config, file);
  const drop =
    fault(text, blank, record, config) ??
    (isWanted?.(text) === false ? 'language' : undefined) ??
    (steps && !steps.keep(facts, texts) ? 'step' : undefined) ??
    (unmapped ? 'unmapped' : undefined);
  return {
    file,
    line,
    bytes,
    id,
    label,
    text,
    ...counted,
    digest: pair === undefined ? textDigest(text) : pairDigest(textOf(body), pair),
    ...(drop === undefined ? {} : { drop }),
    ...(filled === undefined ? {} : { filled }),
    ...(config.redact ? { redacted } : {}),
    fields: (rowId) => ({
      id: rowId,
      ...body,
      ...(pair === undefined ? {} : { text_pair: pair }),
      ...answer,
      ...(lemmas === undefined ? {} : { lemmas }),
      ...(group === undefined ? {} : { group }),
      ...(time === undefined ? {} : { time }),
    }),
  };
}

interface Answer extends Pick<Candidate, 'label' | 'counted' | 'number'> {
  readonly drop: boolean;
  /** What is written of it. */
  readonly fields: object;
}

/** A name that is mapped, a number, or names that are mapped; of these, the ones that `unmapped` drops go alone. */
function answerOf(record: SourceRecord, config: TextsConfig, file: string): Answer {
  const { line } = record;
  if (record.number !== undefined) {
    const { number } = record.number;
    return { label: String(number), counted: [], number, drop: false, fields: { label: number } };
  }
  if (record.labels !== undefined) {
    const mapped = record.labels.map((name) => mapLabel(name, config, file, line));
    const kept = mapped.filter(({ drop }) => !drop).map(({ label }) => label as string);
    const labels = [...new Set(kept)];
    const all = JSON.stringify(labels.toSorted());
    return { label: all, counted: labels, drop: false, fields: { labels } };
  }
  const { label, drop } = mapLabel(record.label, config, file, line);
  return { label, drop, fields: label === undefined ? {} : { label } };
}

function fault(
  text: string,
  blank: boolean,
  record: SourceRecord,
  config: TextsConfig,
): DropReason | undefined {
  if (record.missing) return 'missing';
  if (record.number?.outside) return 'out_of_range';
  // Characters, not the units that a string counts.
  const characters = [...text].length;
  if (blank || characters < config.min_characters) return 'too_short';
  return config.max_characters !== undefined && characters > config.max_characters ? 'too_long' : undefined;
}
