/** A params file that does not parse. */
export class SourceError extends Error {
  constructor(
    message: string,
    /** Into the file's text. */
    readonly offset: number,
  ) {
    super(message);
  }
}
