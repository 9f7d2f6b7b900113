import { createServer } from 'node:net';

export async function freePort() {
  return listenOnce(0);
}

/** Opens the port and closes it again, and returns its number. */
export function listenOnce(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(Number(port), '127.0.0.1', () => {
      const { port: listening } = server.address();
      server.close(() => resolve(listening));
    });
  });
}
