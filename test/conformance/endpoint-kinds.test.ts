/** Endpoints that are not made of files: what they change is planned, drawn, approved, compared, done and undone by its kind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Change, countsOfKept, groupsOf, kindOf, ownChangesOf } from '#shared/model/changes/index.ts';
import { inAgent, newLeaf } from '#test/make/endpoints.ts';
import { LoadBalancerEndpoint, profile } from '#test/make/fake-load-balancer.ts';
import { SiteEndpoint, SiteServer, sitePlace, thumbprintOf } from '#test/make/fake-site-server.ts';
import { startObjectServer } from '#test/servers/object-server.ts';
import { fillAfterHashes, makePlan, planFingerprint } from '../../electron/agent/plans/certify.ts';
import { planPage } from '../../electron/cli/print/plan.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { Secret } from '../../electron/secrets/secret.ts';

interface Made {
  endpoint: Endpoint;
  nodeKey: string;
  /** Everything there is on the server, to compare. */
  state(): unknown;
  /** Changes by somebody else, each with what the refusal says. */
  drifts: [() => void, string][];
  /** What a person reads of the plan. */
  drawn: string[];
  /** What a snapshot keeps, counted. */
  keeps: string;
  stop(): Promise<void>;
}

async function site(): Promise<Made> {
  const server = new SiteServer();
  const old = newLeaf();
  const bound = { certificateStore: 'My', flags: 33 };
  server.bind(sitePlace, { ...bound, thumbprint: server.import(old.chainPem, old.keyPem) });
  const other = newLeaf();
  return {
    endpoint: new SiteEndpoint(server),
    nodeKey: sitePlace,
    state: () => server.state(),
    drifts: [
      [
        () => server.bind(sitePlace, { ...bound, thumbprint: server.import(other.chainPem, other.keyPem) }),
        'certificate',
      ],
      [
        () => server.bind(sitePlace, { ...bound, flags: 1, thumbprint: thumbprintOf(old.chainPem) }),
        'flags 1 instead of 33',
      ],
      [() => void server.bindings.delete(sitePlace), 'is missing'],
    ],
    keeps: '1 binding',
    drawn: ['Bindings', 'Default Web Site, *:443:shop.example  (binding)', 'known later My 33'],
    stop: async () => {},
  };
}

async function loadBalancer(): Promise<Made> {
  const server = await startObjectServer();
  const [oldKey, oldCertificate] = [
    '/tm/sys/file/ssl-key/~Common~shop',
    '/tm/sys/file/ssl-cert/~Common~shop',
  ];
  const members = { cert: oldCertificate, key: oldKey, serverName: 'shop.example' };
  server.objects.set(oldKey, { content: 'k', members: {} });
  server.objects.set(oldCertificate, { content: 'c', members: { key: 'k' } });
  server.objects.set(profile, { content: null, members });
  const secrets = { open: async (name: string) => (name === 'token' ? Secret.of(server.token) : null) };
  return {
    endpoint: new LoadBalancerEndpoint(server.url, secrets),
    nodeKey: profile,
    state: () => structuredClone([...server.objects].sort(([a], [b]) => (a < b ? -1 : 1))),
    drifts: [
      [
        () => server.objects.set(profile, { content: null, members: { ...members, key: '/other' } }),
        'key /other',
      ],
      [
        () => server.objects.set('/tm/sys/file/ssl-key/~Common~shop-2', { content: 'x', members: {} }),
        'is new',
      ],
      [() => void server.objects.delete(profile), 'is missing'],
    ],
    keeps: '1 object',
    drawn: [
      'Objects',
      `${profile}  (settings)`,
      'before does not exist',
      'cert /tm/sys/file/ssl-cert/~Common~shop-2',
    ],
    stop: server.stop,
  };
}

describe.each([
  ['a binding', site],
  ['remote objects', loadBalancer],
])('an endpoint whose change is %s', (_name, make) => {
  let made: Made;
  let before: unknown;
  beforeEach(async () => {
    made = await make();
    before = made.state();
  });
  afterEach(() => made.stop());

  const planOf = async () =>
    makePlan({
      endpoint: { id: 'ep_1', name: 'web' },
      node: { id: 'node_1', name: 'shop' },
      ...{ reason: 'request', names: ['shop.example'], keyType: 'ec-p256' },
      keyPlace: { where: 'agent', why: 'it makes no keys' },
      authority: { id: 'ca_1', name: 'local', kind: 'local' },
      terms: { profile: null, days: null },
      bound: { connection: 'rest', endpoint: 'e', authority: 'a' },
      install: await made.endpoint.plan(made.nodeKey),
    });

  it('plans the same twice, and changes nothing by planning', async () => {
    const plan = await made.endpoint.plan(made.nodeKey);
    expect(await made.endpoint.plan(made.nodeKey)).toEqual(plan);
    await made.endpoint.checkDrift(JSON.parse(JSON.stringify(plan)));
    expect(made.state()).toEqual(before);
    await expect(made.endpoint.plan('/no/such/node')).rejects.toMatchObject({ code: 'node.missing' });
  });

  it('has its plan drawn from the table of kinds', async () => {
    const plan = await planOf();
    const page = planPage(plan).join('\n');
    for (const part of made.drawn) expect(page).toContain(part);
    const groups = groupsOf(plan.install.changes).filter(({ changes }) => changes.length > 0);
    for (const { kind, changes } of groups)
      for (const one of changes) {
        expect(kind.draw(one).as).toBe(kind.drawnAs);
        expect(kind.sentence(one)).toMatch(/\.$/);
      }
  });

  it('has its plan bound whole, but for what comes to exist with the certificate', async () => {
    const plan = await planOf();
    const filled = fillAfterHashes(plan, await made.endpoint.afterHashes(plan.install, inAgent(newLeaf())));
    expect(filled).not.toEqual(plan);
    expect(planFingerprint(filled)).toBe(plan.fingerprint);
    const later = filled.install.changes.filter((one) => kindOf(one).later?.isLater(one));
    expect(later.map((one) => kindOf(one).later?.value(one))).not.toContain(null);
    const cut = (changes: Change[]) => ({ ...plan, install: { ...plan.install, changes } });
    expect(planFingerprint(cut(plan.install.changes.slice(1)))).not.toBe(plan.fingerprint);
  });

  it.each([0, 1, 2])('refuses a target that drifted, saying what, before any change (%i)', async (which) => {
    const plan = await made.endpoint.plan(made.nodeKey);
    const [drift, how] = made.drifts[which] ?? [];
    drift?.();
    const drifted = made.state();
    expect(drifted).not.toEqual(before);
    const refused = { code: 'endpoint.drifted', message: expect.stringContaining(how ?? 'nothing') };
    await expect(made.endpoint.checkDrift(plan)).rejects.toMatchObject(refused);
    await expect(made.endpoint.snapshot(plan, 'tag1')).rejects.toMatchObject(refused);
    await expect(made.endpoint.install(plan, inAgent(newLeaf()))).rejects.toMatchObject(refused);
    expect(made.state()).toEqual(drifted);
  });

  it('installs twice over, and restores by the kind of what it kept, twice over', async () => {
    const { endpoint } = made;
    const plan = await endpoint.plan(made.nodeKey);
    const leaf = newLeaf();
    const snapshot = await endpoint.snapshot(plan, 'tag1');
    expect(await endpoint.snapshot(plan, 'tag1')).toEqual(snapshot);
    await endpoint.install(plan, inAgent(leaf));
    const after = made.state();
    expect(after).not.toEqual(before);
    await endpoint.install(plan, inAgent(leaf));
    expect(made.state()).toEqual(after);
    const stored = JSON.parse(JSON.stringify(snapshot));
    expect(await endpoint.restore(stored)).toMatchObject({ exact: true });
    expect(await endpoint.restore(stored)).toMatchObject({ exact: true });
    expect(made.state()).toEqual(before);
  });

  it('counts what a snapshot keeps by its kind', async () => {
    const plan = await made.endpoint.plan(made.nodeKey);
    expect(countsOfKept((await made.endpoint.snapshot(plan, 'tag1')).kept)).toBe(made.keeps);
  });

  it('says what it leaves for other plans by the kind of its changes, once that is known', async () => {
    const plan = await planOf();
    const filled = fillAfterHashes(plan, await made.endpoint.afterHashes(plan.install, inAgent(newLeaf())));
    const own = ownChangesOf(filled.install.changes);
    expect(own).toContainEqual(expect.objectContaining({ place: made.nodeKey }));
    for (const { before, after } of own) expect(after).not.toBe(before);
  });

  it('refuses a key that does not belong to the certificate, before any change', async () => {
    const plan = await made.endpoint.plan(made.nodeKey);
    const wrong = { ...inAgent(newLeaf()), chainPem: newLeaf().chainPem };
    await expect(made.endpoint.install(plan, wrong)).rejects.toMatchObject({
      code: 'certificate.key-mismatch',
    });
    expect(made.state()).toEqual(before);
  });

  it('says which powers it has not got', () => {
    expect(made.endpoint.powers).toEqual({ makesKeys: null, restarts: null, runsScripts: null });
  });
});

it('two bindings of one server that are approved together: the second is not refused for the first, but for anyone else', async () => {
  const server = new SiteServer();
  const endpoint = new SiteEndpoint(server);
  const places = ['Default Web Site *:443:a.example', 'Default Web Site *:443:b.example'] as const;
  for (const place of places) {
    const old = newLeaf();
    server.bind(place, {
      ...{ certificateStore: 'My', flags: 33 },
      thumbprint: server.import(old.chainPem, old.keyPem),
    });
  }
  const [first, second] = [await endpoint.plan(places[0]), await endpoint.plan(places[1])];
  const material = inAgent(newLeaf());
  const hashes = await endpoint.afterHashes(first, material);
  await endpoint.install(first, material);
  const own = ownChangesOf(
    first.changes.map((one) => {
      const kind = kindOf(one);
      return kind.later?.with(one, hashes[kind.place(one)] ?? null) ?? one;
    }),
  );
  await expect(endpoint.checkDrift(second)).rejects.toMatchObject({ code: 'endpoint.drifted' });
  await endpoint.checkDrift(second, own);
  server.bind(places[0], { certificateStore: 'My', flags: 1, thumbprint: hashes[places[0]] ?? '' });
  await expect(endpoint.checkDrift(second, own)).rejects.toMatchObject({ code: 'endpoint.drifted' });
});
