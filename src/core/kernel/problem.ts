/**
 * The one error class. `code` is stable and stands in docs/problems.md; the message says what happened, why, and
 * what to do next, in words that may be shown to the person.
 */
export class Problem extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
  }
}
