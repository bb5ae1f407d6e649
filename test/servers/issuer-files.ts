import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface IssuerFiles {
  /** Paths that were asked for. */
  readonly asked: string[];
  at(path: string): string;
  /** What is there from now on. */
  put(path: string, content: Uint8Array | string): void;
  stop(): Promise<void>;
}

/** The web server of a CA for the certificates of its issuers: plain http, as such servers are. */
export async function startIssuerFiles(): Promise<IssuerFiles> {
  const files = new Map<string, Uint8Array | string>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const content = files.get(path);
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    at: (path) => `http://127.0.0.1:${port}${path}`,
    put: (path, content) => void files.set(path, content),
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
