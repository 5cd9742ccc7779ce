// listen.mjs - starts and stops the servers that tests run themselves.

// Listen on a port of 127.0.0.1. Returns a function that closes the server and its connections.
export async function listen(server, port) {
  const open = new Set();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.unref(); // a test that fails early must not keep the process alive
  return () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
}
