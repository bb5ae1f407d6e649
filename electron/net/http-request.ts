import type { ConnectionTerms } from './dispatchers.ts';

export interface HttpRequest extends ConnectionTerms {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** http or https, absolute. */
  url: string;
  /** In place of the path in the log: it holds a secret. */
  loggedPath?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: Uint8Array | string | undefined;
  /** For the whole request, answer included. Default 30 s. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** A longer answer is `net.too-large`. Default 4 MiB. */
  maxBytes?: number | undefined;
}

export interface HttpResponse {
  status: number;
  /** Names in lower case; a header that came more than once is joined with `, `. */
  headers: Record<string, string>;
  body: Buffer;
  /** An error in clear through this proxy (`host:port`), which may have made it itself; left out: it is the server's. */
  perhapsBy?: string;
}
