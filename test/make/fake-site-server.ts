import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { type BindingState, binding, bindingDifferences } from '#shared/model/changes/binding.ts';
import { changesOf, isOwnWork, type OwnChange } from '#shared/model/changes/index.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import type {
  Endpoint,
  Material,
  Powers,
  RestoreReport,
} from '../../electron/providers/endpoints/endpoint.ts';

/** SHA-1, hex, upper case: how Windows names a certificate. */
export const thumbprintOf = (pem: string): string => new X509Certificate(pem).fingerprint.replaceAll(':', '');

/** A certificate store and bindings, as IIS keeps them: what is bound must be in the store with its key. */
export class SiteServer {
  readonly certificates = new Set<string>();
  readonly bindings = new Map<string, BindingState>();

  import(chainPem: string, keyPem: string): string {
    const spki = createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'der' });
    const own = new X509Certificate(chainPem).publicKey.export({ type: 'spki', format: 'der' });
    if (!own.equals(spki))
      throw new Failure('certificate.key-mismatch', 'The certificate does not belong to the key.');
    this.certificates.add(thumbprintOf(chainPem));
    return thumbprintOf(chainPem);
  }

  bind(place: string, state: BindingState): void {
    if (state.thumbprint === null || !this.certificates.has(state.thumbprint))
      throw new Error('A specified logon session does not exist.');
    this.bindings.set(place, state);
  }

  remove(thumbprint: string): void {
    if ([...this.bindings.values()].some((one) => one.thumbprint === thumbprint))
      throw new Error('The certificate is bound.');
    this.certificates.delete(thumbprint);
  }

  /** Everything there is, to compare. */
  state(): unknown {
    return structuredClone({ certificates: [...this.certificates].sort(), bindings: [...this.bindings] });
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const [site, at] = ['Default Web Site', '*:443:shop.example'];
export const sitePlace = `${site} ${at}`;

/** `Default Web Site *:443:shop.example` */
function splitPlace(place: string): { site: string; at: string } {
  const space = place.lastIndexOf(' ');
  return { site: place.slice(0, space), at: place.slice(space + 1) };
}

/** An endpoint whose one change is a binding. It serves what is bound from that moment, and makes no keys. */
export class SiteEndpoint implements Endpoint {
  readonly powers: Powers = { makesKeys: null, restarts: null, runsScripts: null };
  readonly #server: SiteServer;

  constructor(server: SiteServer) {
    this.#server = server;
  }

  async probe(): Promise<ProbeReport> {
    return {
      ok: true,
      version: 'site/10',
      checks: [{ name: 'connect', ok: true, sentence: 'Connected.' }],
      at: 0,
    };
  }

  async nodes(): Promise<DiscoveredNode[]> {
    return [aFoundNode(sitePlace)];
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const before = this.#server.bindings.get(nodeKey) ?? null;
    if (before === null) throw new Failure('node.missing', `There is no binding ${nodeKey}.`);
    return {
      nodeKey,
      changes: [{ kind: 'binding', ...splitPlace(nodeKey), before, after: { ...before, thumbprint: null } }],
      standsOn: this.#beside(nodeKey),
      remembers: { by: 'site', version: 1, facts: [] },
      shares: [],
      proofs: [],
      warnings: [],
    };
  }

  async checkDrift(plan: InstallPlan, own: readonly OwnChange[] = []): Promise<void> {
    this.#refuseDrifted(plan);
    const hashed = own.map((one) => ({ ...one, before: hashOf(one.before), after: hashOf(one.after) }));
    const now = new Map(this.#beside(plan.nodeKey).map(({ name, sha256 }) => [name, sha256]));
    const others = plan.standsOn.filter((one) => one.what === 'content');
    refuse(
      others.flatMap((one) => {
        const [then, today] = [one.sha256, now.get(one.name) ?? ''];
        const fits =
          then === today || isOwnWork(hashed, { kind: 'binding', place: one.name }, { then, today });
        return fits ? [] : [`the binding ${one.name} is another`];
      }),
    );
  }

  #refuseDrifted(plan: InstallPlan): void {
    refuse(changesOf(plan.changes, 'binding').flatMap((one) => binding.drift(one, this.#now(one))));
  }

  /** The other bindings of the server, as a hash each: a plan stands on them. */
  #beside(nodeKey: string): { what: 'content'; name: string; sha256: string }[] {
    const others = [...this.#server.bindings].filter(([place]) => place !== nodeKey);
    return others.map(([name, state]) => ({
      what: 'content',
      name,
      sha256: hashOf(binding.leaves({ kind: 'binding', site, at, before: state, after: state })?.after ?? ''),
    }));
  }

  async afterHashes(plan: InstallPlan, { chainPem }: Material): Promise<Record<string, string>> {
    const bound = changesOf(plan.changes, 'binding');
    return Object.fromEntries(bound.map((one) => [binding.place(one), thumbprintOf(chainPem)]));
  }

  async snapshot(plan: InstallPlan): Promise<Snapshot> {
    this.#refuseDrifted(plan);
    const kept = changesOf(plan.changes, 'binding').map((one) => ({
      ...{ kind: one.kind, site: one.site, at: one.at },
      before: one.before,
    }));
    return { nodeKey: plan.nodeKey, kept, previousFingerprint: null };
  }

  async chainsOnDisk(): Promise<Map<string, string[]>> {
    return new Map();
  }

  async checkSnapshot(plan: InstallPlan, { kept, nodeKey }: Snapshot): Promise<void> {
    if (nodeKey !== plan.nodeKey || kept.length !== plan.changes.length)
      throw new Failure('snapshot.other', 'This was kept for another plan.');
  }

  async install(plan: InstallPlan, material: Material): Promise<null> {
    if (material.key.where !== 'agent') throw new Error('keys are made in the agent');
    const changes = changesOf(plan.changes, 'binding');
    const next = thumbprintOf(material.chainPem);
    refuse(
      changes.flatMap((one) =>
        this.#now(one)?.thumbprint === next ? [] : binding.drift(one, this.#now(one)),
      ),
    );
    const thumbprint = this.#server.import(material.chainPem, material.key.pem.text());
    for (const one of changes) this.#server.bind(binding.place(one), { ...one.after, thumbprint });
    return null;
  }

  async restore(snapshot: Snapshot): Promise<RestoreReport> {
    const wrong: string[] = [];
    for (const one of snapshot.kept) {
      if (one.kind !== 'binding' || one.before === null) continue;
      const where = `${one.site} ${one.at}`;
      const bound = this.#server.bindings.get(where)?.thumbprint;
      this.#server.bind(where, one.before);
      if (bound && bound !== one.before.thumbprint) this.#server.remove(bound);
      wrong.push(...bindingDifferences(where, one.before, this.#server.bindings.get(where) ?? null));
    }
    return { exact: wrong.length === 0, sentence: wrong.join('; ') || 'Every binding is as before.' };
  }

  async discard(): Promise<void> {}
  async close(): Promise<void> {}

  #now(one: { site: string; at: string }): BindingState | null {
    return this.#server.bindings.get(`${one.site} ${one.at}`) ?? null;
  }
}

export function refuse(found: readonly string[]): void {
  if (found.length > 0)
    throw new Failure('endpoint.drifted', `It changed since the plan was made: ${found.join('; ')}.`);
}
