/** Two texts that stand to each other in some way: a question and an answer, a premise and a conclusion. */
export interface TextPair {
  readonly text: string;
  readonly textPair: string;
}

/** What a model of texts reads. */
export type TextInput = string | TextPair;

/** Of a row. */
export function textInput({
  text,
  text_pair: textPair,
}: {
  readonly text: string;
  readonly text_pair?: string;
}): TextInput {
  return textPair === undefined ? text : { text, textPair };
}
