/** A failure that a person can act on: shown without a stack trace. */
export class Problem extends Error {
  /** @param {string} message what is wrong  @param {string} [details] the cause, or what to do about it */
  constructor(message, details) {
    super(message);
    this.details = details;
  }
}
