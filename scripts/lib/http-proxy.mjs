import { createServer, request as send } from 'node:http';

/**
 * Starts a proxy in front of a server. `serve(request, body, passOn)` returns the answer, as `{ status, headers, body }`,
 * or undefined to break the connection; `passOn(changes)` asks the server, with another method, path, headers or body
 * if there are any.
 */
export async function startProxy(target, serve, port = 0) {
  const { hostname, port: targetPort } = new URL(target);
  const server = createServer((request, response) => {
    answer(request).then(
      (given) => (given ? response.writeHead(given.status, given.headers).end(given.body) : request.socket.destroy()),
      (error) => response.writeHead(502, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });

  async function answer(request) {
    const { method, url: path, headers } = request;
    const body = await contentOf(request);
    const passOn = (changes) => exchange({ hostname, port: targetPort, method, path, headers, body, ...changes });
    return serve(request, body, passOn);
  }

  await new Promise((resolve, reject) => server.on('error', reject).listen(Number(port), '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function exchange({ body = Buffer.alloc(0), headers, ...options }) {
  return new Promise((resolve, reject) => {
    const onward = send({ ...options, headers: { ...headers, 'content-length': body.length } }, (answer) => {
      contentOf(answer).then(
        (content) => resolve({ status: answer.statusCode, headers: answer.headers, body: content }),
        reject,
      );
    });
    onward.on('error', reject).end(body);
  });
}

async function contentOf(message) {
  return Buffer.concat(await message.toArray());
}
