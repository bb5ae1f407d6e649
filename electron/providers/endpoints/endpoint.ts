import type { KeyType } from '#shared/model/certificate.ts';
import type { OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { HostConnection, RestConnection } from '../connections/connection.ts';
import type { EndpointTools } from './common/tools.ts';

/** Where the new private key is when it comes to installing it. */
type KeyMaterial =
  /** Made on the endpoint: it lies in this file there and never travels. */
  | { where: 'endpoint'; path: string }
  /** Made in the agent: PKCS#8 PEM. */
  | { where: 'agent'; pem: Secret };

export interface Material {
  /** Leaf first, root left out, PEM, each certificate ending in a line feed. */
  chainPem: string;
  key: KeyMaterial;
}

export interface RestoreReport {
  /** True when every file is back byte for byte with owner and mode, checked by reading it again. */
  exact: boolean;
  sentence: string;
}

export interface NewKey {
  /** File on the endpoint that holds it (mode 0600). */
  path: string;
  /** SubjectPublicKeyInfo, DER. */
  spki: Buffer;
}

/**
 * A managed server or key file. One instance serves one endpoint over one connection. Not safe concurrently:
 * the agent holds a lease per endpoint. Every method may block as long as the endpoint does and rejects with a Failure.
 */
export interface Endpoint {
  /**
   * Reachable, version, rights. Never rejects for what is wrong with the endpoint: that is a "no" with its reason. `begins`
   * is called as each check begins.
   */
  probe(begins?: (check: CheckName) => void): Promise<ProbeReport>;
  /** Every place that holds or could hold a certificate. `endpoint.configuration-invalid` when it does not parse. */
  nodes(): Promise<DiscoveredNode[]>;
  /** Exact changes an install would make now, from fresh facts. Changes nothing. `node.missing`, `node.not-installable`. */
  plan(nodeKey: string): Promise<InstallPlan>;
  /**
   * Refuses with `endpoint.drifted` (saying what) when what the plan's changes begin with, or what it stands on,
   * is another by now. What the plan stands on beside its own changes may have become what `own` says. Changes nothing.
   */
  checkDrift(plan: InstallPlan, own?: readonly OwnChange[]): Promise<void>;
  /**
   * What the changes will hold (place of the change → hash, hex), computed without changing anything. Called before
   * `install`.
   */
  afterHashes(plan: InstallPlan, material: Material): Promise<Record<string, string>>;
  /**
   * Keeps the present state on the endpoint under names derived from `tag`. What it says comes from the plan and from what
   * runs, never from a file that lies on the endpoint. Idempotent per tag: called again before the install it gives the same
   * snapshot, and it never overwrites what it kept. A full disk or missing right fails here, before any change.
   */
  snapshot(plan: InstallPlan, tag: string): Promise<Snapshot>;
  /**
   * Refuses with `snapshot.other` what cannot be the snapshot of this plan and tag, by what it says itself, and with
   * `snapshot.gone` when the endpoint no longer keeps it: `discard` was called for it. Where not even
   * the files are there, it is `file.missing`, to be tried again. Changes nothing.
   */
  checkSnapshot(plan: InstallPlan, snapshot: Snapshot, tag: string): Promise<void>;
  /**
   * SHA-256 (hex) of the certificates at these places of certificates, leaf first. What cannot be read is left out; only a
   * lost connection rejects. No private key is read.
   */
  chainsOnDisk(paths: readonly string[]): Promise<Map<string, string[]>>;
  /**
   * Writes files and configuration, then the server's own configuration test. Idempotent. Does not restart. Gives in a sentence
   * what that test said; null: there is none. `endpoint.drifted` is said before anything is changed.
   */
  install(plan: InstallPlan, material: Material): Promise<string | null>;
  /**
   * Puts everything back, byte for byte, owner and mode. Idempotent. Does not restart. The caller has compared the snapshot with
   * its plan. What is new stays until everything old is back, and nothing is written or removed through a link.
   */
  restore(snapshot: Snapshot): Promise<RestoreReport>;
  /**
   * Removes what `snapshot` and `makeKey` kept for `tag`. `keyPath`: what `makeKey` gave. Idempotent. Rejects with `file.missing`
   * where a place in which something was kept is gone, as that of a disk that is not mounted: what is there cannot be told.
   * `spare`: the key stays, for a later install.
   */
  discard(
    snapshot: Snapshot | null,
    tag: string,
    keyPath?: string | null,
    spare?: 'spare the key',
  ): Promise<void>;
  /** What it can do beside. Who else is affected is told by the plan. */
  readonly powers: Powers;
  close(): Promise<void>;
}

/** Powers, asked for by name. Null: this type of endpoint has not got it. */
export interface Powers {
  readonly makesKeys: MakesKeys | null;
  readonly restarts: Restarts | null;
  readonly runsScripts: RunsScripts | null;
  /** Left out: what is installed is read back as it is written. */
  readonly readsBack?: ReadsBack;
}

/** Private keys are made where they are used, and never travel. */
export interface MakesKeys {
  /** Can it be done now, for this node? Left out: for any. Answers with the reason either way. */
  canMakeKeys(nodeKey?: string): Promise<{ yes: boolean; why: string }>;
  /** Makes a key pair on the endpoint near its final place, under a name derived from `tag`. Idempotent per tag. */
  makeKey(plan: InstallPlan, keyType: KeyType, tag: string): Promise<NewKey>;
  /** Signs `data` with a key made by `makeKey`: SHA-256 (SHA-384 for P-384), RSA PKCS#1 v1.5 or ECDSA (DER). */
  signWithKey(keyPath: string, keyType: KeyType, data: Uint8Array): Promise<Buffer>;
}

export interface Restarted {
  /** The endpoint showed that nothing that served before accepts connections any more. False: it cannot tell. */
  settled: boolean;
  /** Of the script that did it: how it ended, and what it printed, in one sentence; left out: there was none. */
  said?: string;
  /** Nothing was done: the endpoint is restarted by a script alone, and none is set. */
  noScript?: true;
}

/** What is installed is served only after it was told so. */
export interface Restarts {
  /** Makes the endpoint serve what is on disk (reload counts). `endpoint.restart-failed` carries what it said. */
  restart(): Promise<Restarted>;
}

/** Shows what it uses in another way than by being served, where nothing that serves it can be reached. */
interface ReadsBack {
  /**
   * Reads what is in use now, and gives it in a sentence when that is the leaf with this fingerprint (SHA-256, hex).
   * Rejects with `install.not-served` when it is another.
   */
  readBack(plan: InstallPlan, fingerprint: string): Promise<string>;
}

/** Scripts of the user (P12, JKS, PEM). */
export interface RunsScripts {
  /** Runs the install script as the plan says it, argument and all. How it ended; null: the plan has none. Only a lost connection rejects. */
  runInstallScript(plan: InstallPlan): Promise<{ code: number; said: string } | null>;
}

/** One endpoint type as the agent knows it. */
export interface EndpointProvider<S> {
  /** The adapter over a connection, which stays the caller's to close. */
  make(settings: S, connection: HostConnection, tools: EndpointTools): Endpoint;
}

/** One that is managed by requests. */
export interface RequestEndpointProvider<S> {
  /** The adapter over a connection, which stays the caller's to close. */
  over(settings: S, connection: RestConnection, tools: EndpointTools): Endpoint;
}
