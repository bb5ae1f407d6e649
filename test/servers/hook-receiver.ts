import { createServer } from 'node:http';

interface HookRequest {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface HookReceiver {
  url: string;
  /** What it answers from now on. */
  status: number;
  requests: HookRequest[];
  stop(): Promise<void>;
}

/** Takes webhooks on the loopback, and keeps them as they came. */
export async function startHookReceiver(): Promise<HookReceiver> {
  const requests: HookRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(receiver.status, { location: '/elsewhere' }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = place !== null && typeof place === 'object' ? place.port : 0;
  const receiver: HookReceiver = {
    url: `http://127.0.0.1:${port}/hook?key=of-the-receiver`,
    status: 204,
    requests,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}
