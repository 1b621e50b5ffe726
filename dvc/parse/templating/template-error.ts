/** A template that cannot be resolved. Whoever knows its place in a file makes a located error of it. */
export class TemplateError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
    /** The piece of text that is at fault, so that it can be found in the file. */
    readonly culprit?: string,
  ) {
    super(message);
  }
}
