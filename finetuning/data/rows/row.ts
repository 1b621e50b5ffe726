/** One labelled text. Every stage after ingestion reads and writes these, one JSON object per line. */
export interface Row {
  /** Unique and stable: the splits are drawn by it. A synset such as `02086723-n`, or the user's own. */
  readonly id: string;
  readonly text: string;
  /** A second text, which the first stands to in some way. */
  readonly text_pair?: string;
  readonly label: string;
  /** WordNet only: the words that share the definition. Never fed to a model. */
  readonly lemmas?: readonly string[];
}

/** One labelled picture. */
export interface ImageRow {
  readonly id: string;
  /** Of the picture: relative to the file that the row stands in. */
  readonly image: string;
  readonly label: string;
}
