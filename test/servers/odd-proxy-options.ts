import type { DigestAsked } from './odd-proxy-checks.ts';

export interface OddProxyOptions {
  /** In the order in which they are announced; other text is announced as it is. Empty: nobody needs to log in. */
  offer: ('basic' | 'digest' | 'ntlm' | 'negotiate' | (string & {}))[];
  /** Name to password; for NTLM `domain\name`, and `\name@domain` for one without a domain field. */
  users?: Record<string, string>;
  /** All in one `Proxy-Authenticate`, separated by commas. */
  oneHeader?: boolean;
  digest?: DigestAsked[];
  /** The domain it calls its own. */
  domain?: string;
  /** No time in its NTLM challenge, so no MIC. */
  noTimestamp?: boolean;
  /** NTLM that was not asked for is not answered: a bare challenge first. */
  ignoresUnasked?: boolean;
  /**
   * After a first 407 on a connection that holds no second message of NTLM it closes it: saying so, or not; or says so,
   * hears nothing more and leaves the closing to others.
   */
  dropsFirst?: 'said' | 'silent' | 'said-only';
  /** How the page of a 407 is sent. */
  page?: 'length' | 'chunked' | 'to-end' | 'huge';
  /** Before each answer. */
  delayMs?: number;
  /** Instead of opening a way: the answer to CONNECT, or to whatever comes. */
  answer?: (asked: OddRequest) => string | Buffer | null;
  /** Files of a certificate and its key: TLS to the proxy. */
  tls?: { certificateFile: string; keyFile: string };
}

export interface OddRequest {
  /** 1 for the first connection. */
  connection: number;
  method: string;
  uri: string;
  headers: Map<string, string>;
}
