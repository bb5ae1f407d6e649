import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

/** What it answers: a script, one with headers or another status, an endless one, or nothing at all. */
type PacToServe =
  | string
  | { script: string; headers?: Record<string, string>; status?: number }
  | 'endless'
  | 'silent';

interface PacServer {
  port: number;
  url: string;
  serve(what: PacToServe): void;
  /** Headers of each request, oldest first. */
  readonly requests: IncomingHttpHeaders[];
  /** Bytes of an endless answer that were taken. */
  taken(): number;
  stop(): Promise<void>;
}

/** Serves a PAC file on the loopback, well or badly. */
export async function startPacServer(first: PacToServe): Promise<PacServer> {
  let what = first;
  let taken = 0;
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.headers);
    response.on('error', () => {});
    if (what === 'silent') return;
    if (what === 'endless') {
      const more = () => {
        while (!response.destroyed && response.write('// more and more and more\n'.repeat(1000)))
          taken += 26_000;
      };
      response.on('drain', more);
      more();
      return;
    }
    const { script, headers = {}, status = 200 } = typeof what === 'string' ? { script: what } : what;
    if (headers.etag !== undefined && request.headers['if-none-match'] === headers.etag) {
      response.writeHead(304).end();
      return;
    }
    response
      .writeHead(status, { 'content-type': 'application/x-ns-proxy-autoconfig', ...headers })
      .end(script);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = place !== null && typeof place === 'object' ? place.port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}/proxy.pac`,
    serve: (next) => {
      what = next;
    },
    requests,
    taken: () => taken,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
