/** What the server, or the way to it, says instead of an answer. */
export class Problem extends Error {
  constructor(
    /** 0: no answer came. */
    readonly status: number,
    readonly codes: string[],
    readonly retryAfterMs: number,
    message: string,
  ) {
    super(message);
    this.name = 'Problem';
  }

  has(code: string): boolean {
    return this.codes.includes(code);
  }

  /** The same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
