import type { TextsConfig } from '../../../configs/index.js';
import type { CleaningSteps, RowFacts } from '../../user-code/cleaning-step.js';
import { mapTexts, textOf } from '../rows/language-text.js';
import { textDigest } from '../rows/text-key.js';
import type { Candidate } from './candidate.js';
import { cleanText } from './clean-text.js';
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
  let before = 0;
  for (const file of files) {
    for await (const record of readFile(file, config))
      yield candidate(record, file.shownAs, before + record.bytes, config, steps);
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
  steps: CleaningSteps | undefined,
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
  const body = mapTexts(record.body, (given) => {
    const clean = cleanText(steps ? steps.text(given, facts) : given, config, whitespace);
    blank ||= clean.trim() === '';
    const text = config.redact ? redact(clean, config.redact, redacted) : clean;
    texts.push(text);
    return text;
  });
  const text = textOf(body);
  const { label, drop: unmapped } = mapLabel(record.label, config, file, line);
  const drop =
    fault(text, blank, record, config) ??
    (steps && !steps.keep(facts, texts) ? 'step' : undefined) ??
    (unmapped ? 'unmapped' : undefined);
  return {
    file,
    line,
    bytes,
    id,
    label,
    text,
    digest: textDigest(text),
    ...(drop === undefined ? {} : { drop }),
    ...(filled === undefined ? {} : { filled }),
    ...(config.redact ? { redacted } : {}),
    fields: (rowId) => ({
      id: rowId,
      ...body,
      ...(label === undefined ? {} : { label }),
      ...(lemmas === undefined ? {} : { lemmas }),
      ...(group === undefined ? {} : { group }),
      ...(time === undefined ? {} : { time }),
    }),
  };
}

function fault(
  text: string,
  blank: boolean,
  record: SourceRecord,
  config: TextsConfig,
): DropReason | undefined {
  if (record.missing) return 'missing';
  // Characters, not the units that a string counts.
  const characters = [...text].length;
  if (blank || characters < config.min_characters) return 'too_short';
  return config.max_characters !== undefined && characters > config.max_characters ? 'too_long' : undefined;
}
