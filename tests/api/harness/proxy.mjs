// proxy.mjs - a small HTTP proxy in front of a stand-in: it records what the workers send, and
// plays the faults that the stand-in cannot.
import http from 'node:http';

// Begin to forward to 127.0.0.1:toPort on `port`.
// recorded: every request as { operation, headers, input }.
// fault: a function of such a request; returns undefined to forward it, { status, body } to answer
// in the stand-in's place, or 'lose' to forward it and drop the answer.
export async function startProxy(port, toPort) {
  const proxy = { recorded: [], fault: () => undefined };
  const agent = new http.Agent({ keepAlive: true });

  function forward(incoming, body, outgoing, lose) {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: toPort,
        agent,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', () => outgoing.destroy());
        response.on('end', () => {
          if (lose) {
            outgoing.destroy();
            return;
          }
          const headers = { ...response.headers };
          delete headers['transfer-encoding'];
          delete headers.connection;
          const whole = Buffer.concat(parts);
          headers['content-length'] = String(whole.length);
          outgoing.writeHead(response.statusCode, headers);
          outgoing.end(whole);
        });
      },
    );
    request.on('error', () => outgoing.destroy());
    request.end(body);
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
      const fault = proxy.fault(request);
      if (fault === undefined || fault === 'lose') {
        forward(incoming, body, outgoing, fault === 'lose');
        return;
      }
      outgoing.writeHead(fault.status, { 'Content-Type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify(fault.body));
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref(); // it does not keep tests alive that have failed to start
  proxy.close = () => {
    server.close();
    server.closeAllConnections();
    agent.destroy();
  };
  return proxy;
}
