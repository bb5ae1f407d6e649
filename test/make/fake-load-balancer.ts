import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import {
  type RemoteObjectChange,
  type RemoteObjectState,
  remoteObject,
  remoteObjectDifferences,
  remoteObjectState,
} from '#shared/model/changes/remote-object.ts';
import type { ProbeReport } from '#shared/model/endpoint.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { refuse } from '#test/make/fake-site-server.ts';
import type { EndpointSecrets } from '../../electron/providers/endpoints/common/tools.ts';
import type {
  Endpoint,
  Material,
  Powers,
  RestoreReport,
} from '../../electron/providers/endpoints/endpoint.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const certificateContent = (chainPem: string): string => sha256(new X509Certificate(chainPem).raw);
const keyContent = (spki: ReturnType<typeof createPublicKey>): string =>
  sha256(spki.export({ type: 'spki', format: 'der' }));

export const profile = '/tm/ltm/profile/client-ssl/~Common~shop';
const newKey = '/tm/sys/file/ssl-key/~Common~shop-2';
const newCertificate = '/tm/sys/file/ssl-cert/~Common~shop-2';

/** An endpoint whose changes are objects over REST: a new key, a new certificate, and the profile that names them. */
export class LoadBalancerEndpoint implements Endpoint {
  readonly powers: Powers = { makesKeys: null, restarts: null, runsScripts: null };
  readonly #url: string;
  readonly #secrets: EndpointSecrets;

  constructor(url: string, secrets: EndpointSecrets) {
    this.#url = url;
    this.#secrets = secrets;
  }

  async probe(): Promise<ProbeReport> {
    await this.#get(profile);
    return {
      ok: true,
      version: '17.1',
      checks: [{ name: 'connect', ok: true, sentence: 'Connected.' }],
      at: 0,
    };
  }

  async nodes(): Promise<DiscoveredNode[]> {
    return [aFoundNode(profile)];
  }

  async plan(nodeKey: string): Promise<InstallPlan> {
    const before = await this.#get(nodeKey);
    if (before === null) throw new Failure('node.missing', `There is no profile ${nodeKey}.`);
    const { cert = '', key = '' } = before.members;
    const kind = 'remote-object' as const;
    return {
      nodeKey,
      changes: [
        { kind, path: newKey, holds: 'private-key', before: null, after: { content: null, members: {} } },
        {
          kind,
          path: newCertificate,
          holds: 'certificate',
          before: null,
          after: { content: null, members: {} },
        },
        {
          ...{ kind, path: nodeKey, holds: 'settings', before: { content: null, members: { cert, key } } },
          after: { content: null, members: { cert: newCertificate, key: newKey } },
        },
      ],
      standsOn: [],
      remembers: { by: 'load-balancer', version: 1, facts: [] },
      shares: null,
      proofs: [],
      warnings: [],
    };
  }

  async checkDrift(plan: InstallPlan): Promise<void> {
    refuse(await this.#drift(changesOf(plan.changes, 'remote-object')));
  }

  async afterHashes(plan: InstallPlan, { chainPem }: Material): Promise<Record<string, string>> {
    const { publicKey } = new X509Certificate(chainPem);
    const contents = { certificate: certificateContent(chainPem), 'private-key': keyContent(publicKey) };
    return Object.fromEntries(
      changesOf(plan.changes, 'remote-object').flatMap(({ path, holds }) =>
        holds === 'settings' ? [] : [[path, contents[holds]]],
      ),
    );
  }

  async snapshot(plan: InstallPlan): Promise<Snapshot> {
    await this.checkDrift(plan);
    const kept = changesOf(plan.changes, 'remote-object').map(({ kind, path, before }) => ({
      kind,
      path,
      before,
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
    const key = keyContent(createPublicKey(material.key.pem.text()));
    const hashes = await this.afterHashes(plan, material);
    if (key !== keyContent(new X509Certificate(material.chainPem).publicKey))
      throw new Failure('certificate.key-mismatch', 'The certificate does not belong to the key.');
    const changes = changesOf(plan.changes, 'remote-object');
    const open = [];
    for (const one of changes) {
      const now = await this.#get(one.path);
      const done = one.after !== null && now !== null && isAfter(one, now, hashes[one.path]);
      if (!done) open.push(one);
    }
    refuse(await this.#drift(open));
    for (const one of open) {
      if (one.holds === 'settings') await this.#send('PATCH', one.path, one.after?.members ?? {});
      else
        await this.#send('POST', one.path, {
          content: hashes[one.path] ?? null,
          members: one.holds === 'certificate' ? { key } : {},
        });
    }
    return null;
  }

  /** In the other direction: first the profile lets go, then what it named can be removed. */
  async restore(snapshot: Snapshot): Promise<RestoreReport> {
    const wrong: string[] = [];
    const kept = snapshot.kept.filter((one) => one.kind === 'remote-object').toReversed();
    for (const { path, before } of kept) {
      if (before !== null) await this.#send('PATCH', path, before.members);
      else if ((await this.#get(path)) !== null) await this.#send('DELETE', path);
    }
    for (const { path, before } of kept)
      wrong.push(...remoteObjectDifferences(path, before, await this.#get(path)));
    return { exact: wrong.length === 0, sentence: wrong.join('; ') || 'Every object is as before.' };
  }

  async discard(): Promise<void> {}
  async close(): Promise<void> {}

  async #drift(changes: readonly RemoteObjectChange[]): Promise<string[]> {
    const each = changes.map(async (one) => remoteObject.drift(one, await this.#get(one.path)));
    return (await Promise.all(each)).flat();
  }

  async #get(path: string): Promise<RemoteObjectState | null> {
    const response = await this.#fetch('GET', path);
    return response.status === 404 ? null : remoteObjectState.parse(await response.json());
  }

  async #send(method: string, path: string, body?: unknown): Promise<void> {
    const response = await this.#fetch(method, path, body);
    if (!response.ok) throw new Error(z.object({ message: z.string() }).parse(await response.json()).message);
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const token = await this.#secrets.open('token');
    if (token === null) throw new Failure('endpoint.denied', 'There is no token for this endpoint.');
    const text = token.text();
    token.wipe();
    return fetch(`${this.#url}${path}`, {
      ...{ method, headers: { 'x-f5-auth-token': text, connection: 'close' } },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

function isAfter(one: RemoteObjectChange, now: RemoteObjectState, hash: string | undefined): boolean {
  const after = { content: hash ?? null, members: one.after?.members ?? {} };
  return remoteObjectDifferences(one.path, after, now).length === 0;
}
