import type { Clock } from '#kit/clock.ts';
import type { ExecResult } from '#kit/exec.ts';
import type { Log } from '#kit/log.ts';
import type { Failure, FailureData } from '#shared/failure.ts';
import type { AuthorityAccount, ImportedAccount } from '#shared/model/authority.ts';
import type { RevocationReason } from '#shared/model/certificate.ts';
import type { OrderTerms } from '#shared/model/order.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { Dns } from '../../net/dns.ts';
import type { Http } from '../../net/http.ts';
import type { Http01Responder } from '../../net/http-01-responder.ts';
import type { TlsAlpn01Responder } from '../../net/tls-alpn-01-responder.ts';
import type { Secret } from '../../secrets/secret.ts';

/** Plain JSON that finds an order again after a restart. Opaque outside its authority. */
export type OrderHandle = unknown;

export interface OrderRequest {
  /** Our own order id: an authority that can, uses it to recognise an order it already placed for us. */
  orderId: string;
  /** PKCS#10, DER. */
  csr: Buffer;
  /** Names in the CSR: DNS names, wildcards, IP addresses. */
  names: string[];
  terms: OrderTerms;
  /** Leaf this order replaces (PEM), so that the CA knows (RFC 9773 5 `replaces`). */
  replacesPem: string | null;
}

export type OrderStatus =
  /** Not there yet; poll again after `afterMs`. */
  | { state: 'pending'; afterMs: number; sentence: string }
  | { state: 'waiting-for-approval'; afterMs: number; sentence: string }
  /** `sentence`: how control was proved, where there is more to say of it. */
  | { state: 'ready'; sentence?: string }
  | { state: 'refused'; because: FailureData };

/** One sentence for the task. `warning`: it is not as it was wished. */
export interface Remark {
  sentence: string;
  warning: boolean;
}

/** Puts http-01 files where the CA will fetch them, over the endpoint's connection. Given with each call. */
export interface WebRoot {
  /** `path` relative to the web root, `/.well-known/acme-challenge/…`; any other is refused. Creates directories as needed. */
  put(path: string, content: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** What an authority may use while it works on one order. */
export interface OrderTools {
  /** Null when the node has no web root and none is configured. */
  webRoot: WebRoot | null;
  /**
   * Stores a better handle at once, in its own transaction. Called after every answer of the CA that must not be
   * lost (order URL known, finalized), so that a killed agent goes on with the same order.
   */
  remember(handle: OrderHandle): void;
  signal: AbortSignal;
}

/** Something that was put up to prove control of a name and is still there. */
export interface NotCleared {
  /** What it is and where: `the TXT record _acme-challenge.a.example (…)`. */
  what: string;
  because: Failure;
}

/**
 * A CA we order from. An order outlives the process: it is a handle in a row, never a call held open.
 * Rejects with Failure `authority.*` / `acme.*`; `retry: later | after` means the order is still good.
 * Safe concurrently for different orders.
 */
export interface Authority {
  /**
   * Places the order and gives its handle. `known` is what `remember` last stored for this order (null at first):
   * called again it continues that order and never places a second one.
   */
  submit(request: OrderRequest, known: OrderHandle | null, tools: OrderTools): Promise<OrderHandle>;
  /** One poll, doing whatever is due (answering challenges, finalizing). Idempotent. */
  poll(handle: OrderHandle, request: OrderRequest, tools: OrderTools): Promise<OrderStatus>;
  /**
   * Chain PEM: leaf first, root left out. Only after `ready`. Idempotent. `remark` is called at most once, before it
   * resolves, with what a person should know of the chain.
   */
  collect(handle: OrderHandle, remark?: (remark: Remark) => void): Promise<string>;
  /**
   * Clears up what validation of the names of this order left behind (listeners, challenge files, TXT records). `what`: with
   * settings that nobody approved, no file is removed and no script run. Default: all. Gives what is left, which `remember`
   * is told as well. Idempotent, never rejects.
   */
  cleanUp(
    handle: OrderHandle,
    request: Pick<OrderRequest, 'names'>,
    tools: OrderTools,
    what?: 'all' | 'own listeners',
  ): Promise<readonly NotCleared[]>;
  /** Optional: RFC 9773. Null when the CA does not offer it. */
  renewalInfo?(leafPem: string): Promise<RenewalInfo | null>;
  /** Proves that the authority answers and would take orders (directory, account). Each step with its sentence. */
  test(): Promise<{
    ok: boolean;
    checks: ProbeCheck[];
    profiles: Record<string, string>;
  }>;
}

export interface RenewalInfo {
  /** Epoch milliseconds. */
  start: number;
  end: number;
  explanationUrl: string | null;
  /** Ask again not before, epoch milliseconds. */
  askAgainAt: number;
}

/** What an authority keeps between calls, given by compose: sealed values and plain notes, under its own id. */
export interface AuthorityState {
  /** Null when there is none; throws `keychain.*` while locked. */
  secret(name: string): Secret | null;
  keepSecret(name: string, value: Secret): void;
  dropSecret(name: string): void;
  note(name: string): string | null;
  keepNote(name: string, value: string): void;
  /** Runs once at a time per authority and name: for first-use work (making a root, an account). */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A CA that keeps its own root, which can be downloaded. */
export interface KeepsRoot {
  root(): Promise<{ pem: string; fingerprint: string }>;
}

/** A CA where we have an account. Each asks the CA; rejects as orders do. Safe concurrently with orders. */
export interface KeepsAccount {
  account: {
    /** Null when there is none, or the CA has none for the key. Registers nothing. */
    look(): Promise<AuthorityAccount | null>;
    /** The one that the CA accepts now; null when there is none, or one that is over. */
    accepted(): Promise<AuthorityAccount | null>;
    /** Sends the contact that is set. */
    sendContact(): Promise<AuthorityAccount>;
    /** A new key in place of the present one. */
    rollKey(): Promise<AuthorityAccount | null>;
    /** For ever. */
    deactivate(): Promise<AuthorityAccount>;
    /** A new account with a new key, whatever became of the present one. */
    register(): Promise<AuthorityAccount | null>;
    /**
     * The account that another client registered, in place of the present one. `path`: absolute, of its key file or of a
     * folder with it, on the agent's machine; only read. Whatever is wrong, nothing was changed.
     */
    importFrom(path: string): Promise<ImportedAccount>;
  };
  /** Sends what was set since the CA last heard of the account: a contact, another binding. Asks nothing otherwise. */
  takeUp(): Promise<void>;
}

export interface Revocation {
  /** Leaf, PEM. */
  leafPem: string;
  reason: RevocationReason;
  /** Private key of the certificate, unencrypted PEM, which then signs; null: the account that ordered it does. */
  key: Secret | null;
}

/** A CA that revokes what it issued (RFC 8555 7.6). */
export interface Revokes {
  /**
   * For ever. `already`: the CA says that it was revoked before, whatever reason it has; so asking again after a lost
   * answer is told truly. Rejects as orders do, with `acme.bad-revocation-reason` for a reason that the CA does not take.
   */
  revoke(revocation: Revocation): Promise<'revoked' | 'already'>;
}

/** What an adapter is made of. */
interface AuthorityParts<S> {
  /** `ca_…` */
  id: string;
  settings: S;
  state: AuthorityState;
  clock: Clock;
  log: Log;
  http(): Http;
  responder(): Http01Responder;
  alpnResponder(): TlsAlpn01Responder;
  dns(): Dns;
  runScript(argv: [string, ...string[]], timeoutMs: number): Promise<ExecResult>;
}

/** An authority with what its kind can do besides: a power that it has not got is absent. */
export type AuthorityAdapter = Authority & Partial<KeepsRoot & KeepsAccount & Revokes>;

/** One kind of authority as the agent knows it. */
export interface AuthorityProvider<S> {
  make(parts: AuthorityParts<S>): AuthorityAdapter;
  /** The same over the test directory of the CA, with an account of its own there. Left out: there is never one. */
  makeAt?(testDirectory: string, parts: AuthorityParts<S>): Authority;
}
