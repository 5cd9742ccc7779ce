// proxy.mjs - a small HTTP proxy in front of a stand-in: it records the requests of the workers and
// injects faults that the stand-in cannot produce.
import http from 'node:http';

import { listen } from './listen.mjs';

// Listen on `port` and forward to 127.0.0.1:toPort. The returned proxy has
// recorded: every request as { path, operation, headers, text, input };
// fault: a function of such a request. Returns undefined to forward it, { status, body } to answer
// instead of the stand-in, 'lose' to forward it and drop the answer, or a function that handles it:
// it gets { outgoing, forward }, and forward() yields the stand-in's answer as { status, headers,
// body }; forward(text) sends another body.
export async function startProxy(port, toPort) {
  const proxy = { recorded: [], fault: () => undefined };
  const agent = new http.Agent({ keepAlive: true });

  // Forward a request to the stand-in and read its whole answer.
  function forwardRequest(incoming, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: toPort,
          agent,
          method: incoming.method,
          path: incoming.url,
          headers: { ...incoming.headers, 'content-length': String(Buffer.byteLength(body)) },
        },
        (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const headers = { ...response.headers };
            delete headers['transfer-encoding'];
            delete headers.connection;
            const whole = Buffer.concat(parts);
            headers['content-length'] = String(whole.length);
            resolve({ status: response.statusCode, headers, body: whole });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  async function respond(fault, forward, outgoing) {
    if (typeof fault === 'function') {
      await fault({ outgoing, forward });
    } else if (fault === undefined || fault === 'lose') {
      const { status, headers, body } = await forward();
      if (fault === 'lose') outgoing.destroy();
      else outgoing.writeHead(status, headers).end(body);
    } else {
      outgoing.writeHead(fault.status, { 'Content-Type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify(fault.body));
    }
  }

  const server = http.createServer((incoming, outgoing) => {
    const parts = [];
    incoming.on('data', (part) => parts.push(part));
    incoming.on('error', () => outgoing.destroy());
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const request = {
        path: incoming.url,
        operation: (incoming.headers['x-amz-target'] ?? '').split('.')[1],
        headers: incoming.headers,
        text: body.toString(),
      };
      try {
        request.input = JSON.parse(request.text);
      } catch {
        request.input = undefined;
      }
      proxy.recorded.push(request);
      respond(
        proxy.fault(request),
        (text = body) => forwardRequest(incoming, text),
        outgoing,
      ).catch(() => outgoing.destroy());
    });
  });
  const close = await listen(server, port);
  proxy.close = () => {
    close();
    agent.destroy();
  };
  return proxy;
}
