/*
 * The server's time, from the Date headers of its answers (RFC 9110, section 6.6.1). The device's
 * clock may be wrong by hours and may be set at any moment, so it does not take part: between two
 * answers performance.now() measures the time that passes.
 *
 * A header is at most as late as its answer arrives, and it has whole seconds. So each answer gives
 * a lower bound of the server's time, and the greatest of the last ones is the best: it is late by
 * the fraction of a second and the way of one fast answer, and never early.
 */
const KEPT = 8;

export class ServerTime {
  private bounds: number[] = [];

  /** `arrivedAt`: performance.now() when the answer arrived. */
  observe(date: string | null, arrivedAt: number) {
    const sentAt = Date.parse(date ?? '');
    if (!Number.isNaN(sentAt)) this.bounds = [...this.bounds, sentAt - arrivedAt].slice(-KEPT);
  }

  /** The time at performance.now() `at`; undefined before the first answer with a Date. */
  at(at: number): number | undefined {
    return this.bounds.length > 0 ? Math.max(...this.bounds) + at : undefined;
  }
}
