// peer.mjs - faults of a dependency, for the proxy in front of it: answers, or functions of
// { outgoing, forward }.

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// An error answer of DynamoDB.
export const refusal = (status, type, more = {}) => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'by the test', ...more },
});

// A cancelled transaction with one reason; the other items have none.
export const cancelled = (code) =>
  refusal(400, 'TransactionCanceledException', {
    CancellationReasons: [{ Code: 'None' }, { Code: code, Message: 'by the test' }],
  });

// A fault after the request was executed: `spoil` decides what happens to the answer.
const answered = (spoil) => async (exchange) => spoil(exchange.outgoing, await exchange.forward());

export const resetBefore = ({ outgoing }) => outgoing.socket.resetAndDestroy();

export const lostAnswer = 'lose';

export const resetWithin = answered((outgoing, { status, headers, body }) => {
  outgoing.writeHead(status, headers);
  outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.socket.resetAndDestroy());
});

export const resetAfter = answered((outgoing, { status, headers, body }) => {
  outgoing.writeHead(status, headers);
  outgoing.end(body, () => setTimeout(() => outgoing.socket?.resetAndDestroy(), 5));
});

export const cutBody = answered((outgoing, { status, headers, body }) => {
  outgoing.writeHead(status, headers);
  outgoing.write(body.subarray(0, -1), () => outgoing.socket.end());
});

// Complete as HTTP, but truncated JSON; without the checksum, which would reveal it.
export const cutJson = answered((outgoing, { status, headers, body }) => {
  const { 'x-amz-crc32': _, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': String(body.length - 1) });
  outgoing.end(body.subarray(0, -1));
});

export const wrongCrc = answered((outgoing, { status, headers, body }) => {
  outgoing.writeHead(status, { ...headers, 'x-amz-crc32': '1' });
  outgoing.end(body);
});

// Sends nothing until the worker gives up.
export const hang = () => {};

// Executed, but the answer arrives one byte per second, longer than the time budget.
export const drip = answered(async (outgoing, { status, headers, body }) => {
  outgoing.writeHead(status, headers);
  for (const byte of body) {
    await sleep(1000);
    if (outgoing.destroyed) return;
    outgoing.write(Buffer.from([byte]));
  }
  outgoing.end();
});

// An answer of 64 MiB, far above the response limit.
export const flood = async ({ outgoing }) => {
  outgoing.writeHead(200, { 'Content-Type': 'application/json' });
  const part = Buffer.alloc(1 << 20, ' ');
  for (let i = 0; i < 64 && !outgoing.destroyed; i++) {
    outgoing.write(part);
    await sleep(1);
  }
  outgoing.end();
};

export const garbage = ({ outgoing }) => outgoing.end('<html>It works!</html>');
