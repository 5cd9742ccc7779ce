// tcp-proxy.mjs - between the workers and PostgreSQL: cuts connections when an answer comes back, so
// that something was done and nobody knows.
import net from 'node:net';

// Begin to forward to 127.0.0.1:toPort on `port`.
// loses: asked when a part of an answer has come; true cuts the connection in its place.
export async function startTcpProxy(port, toPort) {
  const proxy = { loses: () => false };
  const open = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(toPort, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(socket);
      socket.setNoDelay();
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    near.on('data', (part) => far.write(part));
    far.on('data', (part) => {
      if (proxy.loses(part)) near.destroy();
      else near.write(part);
    });
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref(); // it does not keep tests alive that have failed to start
  proxy.close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return proxy;
}
