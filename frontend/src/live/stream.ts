/* One stream of events, read with an access token, as the EventSource of browsers cannot. */
import { fetchOk } from '../api/http';
import { EventParser, type StreamEvent } from './event-parser';

/** The server sends `hello` at once. Later a comment comes every 20 s. */
const SILENT_MS = 50_000;
const OPEN_MS = 15_000;

/**
 * Read a stream until it ends, by either side. Throws a Problem if it cannot be opened, and another
 * error if it is cut or silent.
 */
export async function readStream(signal: AbortSignal, take: (event: StreamEvent) => void) {
  const silent = new AbortController();
  const silentIn = (ms: number) => setTimeout(() => silent.abort(), ms);
  let timer = silentIn(OPEN_MS);
  try {
    const { body } = await fetchOk('/api/live', {
      signal: AbortSignal.any([signal, silent.signal]),
      endless: true,
    });
    if (!body) return;
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
        clearTimeout(timer);
        timer = silentIn(SILENT_MS);
        take(event);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}
