import { createServer, request as send } from 'node:http';

/** A proxy before the emulator that notes which operations are called through it, but for the answers to CloudFormation. */
export async function startCallCounter(target) {
  const calls = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (!request.url.includes('/cfn-response/')) {
        calls.push(operationOf(request, body.toString()));
      }
      const { method, headers, url } = request;
      const forwarded = send(new URL(url, target), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => response.destroy());
      forwarded.end(body);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** The operations called since the last look. */
    take: () => calls.splice(0),
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** SES and STS name the operation in the form that they are sent, JSON services in a header. */
function operationOf({ method, url, headers }, body) {
  return new URLSearchParams(body).get('Action') ?? headers['x-amz-target'] ?? `${method} ${url.split('?')[0]}`;
}
