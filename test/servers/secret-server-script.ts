/** What a `secret-server-strict` holds, and how its state can be looked at. */

export interface StrictItem {
  slug: string;
  value: string;
  isPassword?: boolean;
  /** Its value is the content of a file: shown through its own address only. */
  isFile?: boolean;
}

export interface StrictSecret {
  id: number;
  /** `\Folder\Name` */
  path: string;
  template?: string;
  items: StrictItem[];
  /** What must be done before it is shown. */
  demand?: string;
  /**
   * How a demand is told: in `responseCodes` of a secret without items, in the words of a refusal, or only by the
   * address of the state.
   */
  toldBy?: 'codes' | 'words' | 'state';
  active?: boolean;
  /** Users who may view it; left out: everybody. */
  viewers?: string[];
  /** Somebody else has it. */
  checkedOutBy?: string;
  heartBeat?: string;
}

export interface CannedAnswer {
  /** Only for requests whose path contains this. */
  at?: string;
  status: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}

export interface SecretServerOptions {
  users: Record<string, { password: string; domain?: string }>;
  secrets: StrictSecret[];
  /** Below which everything is; default `/SecretServer`. */
  path?: string;
  /** A Delinea Platform: another login, and the Secret Server behind it at `/vault`. */
  platform?: boolean;
  /** Its clock, epoch milliseconds. */
  now?: () => number;
  /** Default 1200. */
  tokenSeconds?: number;
  /** Wrong logins that lock an account. The last of them is an incident. Default 3. */
  lockAfter?: number;
  /** Older versions say 403 about a token that has ended. */
  staleStatus?: 401 | 403;
  /** Left out: made for it, which costs three runs of openssl. */
  tls?: { certificatePem: string; keyPem: string; rootPem: string };
}

export interface SecretServerStrict {
  /** With the path. */
  url: string;
  caPem: string;
  secrets: StrictSecret[];
  users: SecretServerOptions['users'];
  /** `POST /oauth2/token`, `GET /api/v1/secrets/12`: without queries, in their order. */
  requests: string[];
  /** Accepted logins and refused ones. */
  logins: { good: number; bad: number };
  /** Bodies of restricted reads. */
  restricted: unknown[];
  /** Things that no careful client does. Tests end with an empty list. */
  incidents: string[];
  /** Given before anything else, one for each request that fits. */
  canned: CannedAnswer[];
  /** As an administrator does: every token is worth nothing from now on. */
  revokeTokens(): void;
  stop(): Promise<void>;
}
