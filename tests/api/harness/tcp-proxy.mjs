// tcp-proxy.mjs - a TCP proxy in front of PostgreSQL. It can close a connection instead of
// forwarding an answer: the statement was executed, but the worker cannot know. Like a DNS name, it
// can lead to another server.
import net from 'node:net';

import { listen } from './listen.mjs';

// Listen on `port` and forward to 127.0.0.1:toPort.
// loses: called with each part of an answer; returns true to close the connection instead.
// to: the port that new connections lead to; cut(): close all connections.
export async function startTcpProxy(port, toPort) {
  const open = new Set();
  const proxy = { loses: () => false, to: toPort };
  proxy.cut = () => open.forEach((socket) => socket.destroy());
  const server = net.createServer((near) => {
    const far = net.connect(proxy.to, '127.0.0.1');
    open.add(near);
    near.on('close', () => open.delete(near));
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      socket.setNoDelay();
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    near.on('data', (part) => far.write(part));
    far.on('data', (part) => {
      if (proxy.loses(part)) near.destroy();
      else near.write(part);
    });
  });
  proxy.close = await listen(server, port);
  return proxy;
}
