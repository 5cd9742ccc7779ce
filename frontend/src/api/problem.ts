/** A request that failed: a problem document of the server, or no response at all. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 if there was no complete response. */
    readonly status: number,
    /** Error codes. */
    readonly codes: string[],
    readonly retryAfterMs: number,
    message: string,
  ) {
    super(message);
    this.name = 'Problem' as const;
  }

  has(code: string): boolean {
    return this.codes.includes(code);
  }

  /** The same request may succeed later. */
  get isTemporary(): boolean {
    if (this.has('quota_exceeded')) return false; // it would take until tomorrow
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}
