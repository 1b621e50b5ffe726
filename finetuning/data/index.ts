export { cacheFolder } from './ingestion/cache-folder.js';
export { ingest, type IngestOptions, type IngestResult } from './ingestion/ingest.js';
export type { Bucket, OpenBucket } from './ingestion/open-bucket.js';
export type { Provenance } from './ingestion/provenance.js';
export { firstColumns } from './preprocessing/first-columns.js';
export { preprocess, type PreprocessOptions } from './preprocessing/preprocess.js';
export type { PreprocessReport } from './preprocessing/preprocess-report.js';
export { prepare, type PrepareOptions, type PrepareResult } from './preparation/prepare.js';
export type { OnProgress } from './progress.js';
export {
  readLanguageRows,
  readPrompts,
  type LanguageRowLine,
  type PromptLine,
} from './rows/read-language-rows.js';
export type { LanguageRow, Message, PromptRow } from './rows/language-row.js';
export { readImageFolder } from './rows/image-folder.js';
export { given, isFolder, readLabelledRows, type LabelledRow } from './rows/labelled-rows.js';
export { readQuestions, type QuestionLine } from './rows/read-questions.js';
export { readImageRows, type ImageRowLine } from './rows/image-rows.js';
export { readRows, type RowLine } from './rows/read-rows.js';
export { textInput, type TextInput, type TextPair } from './rows/text-input.js';
export { readTextRows, type Answer, type TextRowLine } from './rows/text-rows.js';
export type { ImageRow, Row } from './rows/row.js';
export { LineWriter, writeFiles } from './rows/write-lines.js';
