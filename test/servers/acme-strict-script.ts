import type { StrictAccount } from './acme-strict-jws.ts';

export interface StrictProblem {
  /** Short: `rejectedIdentifier`. */
  type: string;
  detail?: string;
  status?: number;
  subproblems?: { type: string; detail: string; name: string }[];
  /** `Retry-After`, as sent. */
  retryAfter?: string;
  /** Times to refuse; left out: always. */
  times?: number;
}

/** How the CA behaves. Every field may be changed at any time by `script`. */
export interface StrictScript {
  /** `pending`: prove it; `valid-foreign`: proved beforehand, with challenge types nobody knows; `pending-foreign`. */
  authorizations: 'pending' | 'valid-foreign' | 'pending-foreign';
  challengeTypes: string[];
  /** `accept`: at once; a port: really fetches http-01 from 127.0.0.1; a problem: refuses the proof; `never`: no answer. */
  validation: 'accept' | 'never' | { httpPort: number } | StrictProblem;
  /** `processing`: stays so until `release`. */
  issuing: 'at-once' | 'processing';
  /** `Retry-After` of orders and authorizations, seconds or date. */
  retryAfter: string | null;
  refuseOrder: StrictProblem | null;
  refuseFinalize: StrictProblem | null;
  refuseAccount: StrictProblem | null;
  /** Next requests that get `badNonce` although the nonce is good. */
  badNonces: number;
  /** The next such request is carried out, then the connection is cut instead of answering. */
  loseAfter: 'newOrder' | 'finalize' | 'newAccount' | null;
  /** Profiles of the directory; null: none. */
  profiles: Record<string, string> | null;
  terms: string | null;
  /** Suggested window; null: no ARI in the directory. */
  ari: { start: number; end: number; retryAfter?: string; explanationUrl?: string } | null;
  listsOrders: boolean;
  /** Gives an open order for the same names out again, as Boulder does. */
  reusesOrders: boolean;
  /** Lifetime of the certificates, in milliseconds; null: 90 days. */
  lifetimeMs: number | null;
  /** Sends the root at the end of the chain. */
  sendsRoot: boolean;
  /** Sends the leaf and nothing else. */
  sendsLeafAlone: boolean;
  /** Where its certificates say that the one of their issuer is. */
  issuerAt: string | null;
}

export interface StrictOrder {
  url: string;
  id: string;
  accountUrl: string;
  names: string[];
  profile: string | null;
  replaces: string | null;
  status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  error: StrictProblem | null;
  /** How often finalize was accepted. */
  finalized: number;
  csr: Buffer | null;
  chainPem: string | null;
  authorizations: StrictAuthorization[];
}

export interface StrictAuthorization {
  id: string;
  type: string;
  value: string;
  wildcard: boolean;
  status: 'pending' | 'valid' | 'invalid';
  token: string;
  challenges: { id: string; type: string; status: string; error: StrictProblem | null; answered: number }[];
}

export interface StrictState {
  accounts: StrictAccount[];
  orders: StrictOrder[];
  /** Requests in order, `POST new-order`. */
  requests: string[];
  newOrders: number;
  finalizations: number;
  /** Certificates issued, leaf first. */
  issued: string[];
}

export interface AcmeStrict {
  directoryUrl: string;
  /** Root of its TLS. */
  rootPem: string;
  /** Root of the certificates it issues. */
  issuerRootPem: string;
  /** What it issues with. */
  intermediatePem: string;
  eab: { keyId: string; hmacKey: string };
  readonly state: StrictState;
  script(change: Partial<StrictScript>): void;
  /** Orders that stay processing are issued now. */
  release(): void;
  /** As after a database was lost: accounts and orders are unknown. */
  forget(): void;
  stop(): Promise<void>;
}

export const usual: StrictScript = {
  authorizations: 'pending',
  challengeTypes: ['http-01', 'dns-01'],
  validation: 'accept',
  issuing: 'at-once',
  retryAfter: null,
  refuseOrder: null,
  refuseFinalize: null,
  refuseAccount: null,
  badNonces: 0,
  loseAfter: null,
  profiles: null,
  terms: null,
  ari: null,
  listsOrders: true,
  reusesOrders: false,
  lifetimeMs: null,
  sendsRoot: false,
  sendsLeafAlone: false,
  issuerAt: null,
};
