/* Server-sent events (HTML Living Standard, section 9.2). */
export interface StreamEvent {
  /** Empty for a comment, which only says that the stream is alive. */
  name: string;
  data: unknown;
  /** After which time to open the next stream, if the server says so. */
  retryMs: number | undefined;
}

/** Makes events of the text of a stream. */
export class EventParser {
  private rest = '';
  private name = '';
  private data = '';
  private retryMs: number | undefined;

  /** `text` may begin and end anywhere. */
  feed(text: string): StreamEvent[] {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.line(line));
  }

  private line(line: string): StreamEvent[] {
    if (line.startsWith(':')) return [{ name: '', data: null, retryMs: undefined }];
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).replace(/^ /, '');
    if (line.startsWith('event:')) this.name = value;
    else if (line.startsWith('data:')) this.data += value;
    else if (line.startsWith('retry:')) this.retryMs = Number(value);
    return [];
  }

  private dispatch(): StreamEvent[] {
    const { name, data, retryMs } = this;
    this.name = this.data = '';
    this.retryMs = undefined;
    if (name === '' || data === '') return [];
    try {
      return [{ name, data: JSON.parse(data) as unknown, retryMs }];
    } catch {
      return []; // something between here and the server has broken it
    }
  }
}
