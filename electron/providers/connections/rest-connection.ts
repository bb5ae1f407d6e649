export interface RestRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the address, with its query: `/mgmt/tm/ltm/virtual?expandSubcollections=true`. */
  path: string;
  /** In place of the path in the log: it holds a secret all the same. */
  loggedPath?: string | undefined;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as they are, as `application/octet-stream`; where private keys go. */
  bytes?: Uint8Array | undefined;
  headers?: Record<string, string> | undefined;
  /** Milliseconds. */
  timeoutMs?: number | undefined;
}

export interface RestAnswer {
  status: number;
  /** Null: there was none, or it was no JSON. */
  body: unknown;
}

/**
 * A device that is managed by requests, logged in to. Where `HostConnection` runs programs, this asks. Safe concurrently.
 *
 * Every method may take as long as the network does and rejects with a Failure (`connection.*`, `icontrol.*`, `proxy.*`);
 * a lost connection is `connection.lost`: whether the request was carried out is not known then.
 */
export interface RestConnection {
  readonly kind: 'requests';
  /** For people: `rest admin@bigip1:443`. */
  readonly description: string;
  /** Address of the device itself. */
  readonly dialAddress: string;
  readonly port: number;
  /** Who is logged in, as the device knows them. */
  readonly user: string;
  /** The credential used, never its content. */
  readonly credentialUsed: string;
  /**
   * Resolves whatever the status. A login that has run out is renewed once, and a device that is starting is waited for: in
   * both cases the request had not been carried out.
   */
  request(request: RestRequest): Promise<RestAnswer>;
  /** Ends the login at the device too. Idempotent. */
  close(): Promise<void>;
}
