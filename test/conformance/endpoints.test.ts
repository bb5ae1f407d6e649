import { createPublicKey, verify } from 'node:crypto';
import { chmod, chown, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import { type EndpointType, endpointTypes } from '#shared/model/endpoint.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import {
  type EndpointShape,
  inAgent,
  keysOf,
  listing,
  type MadeEndpoint,
  newLeaf,
  open,
  restart,
  testCa,
  type Way,
} from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import type { Material } from '../../electron/providers/endpoints/endpoint.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { shapesOf } from './shapes.ts';

const tools = { clock: systemClock, log: silentLog };

async function overSsh(sshd: Sshd): Promise<HostConnection> {
  const { host, port, user, hostKeyFingerprint: hostKey } = sshd;
  const place = { host, port, user, hostKey, auth: 'private-key' as const };
  const settings = { type: 'ssh' as const, ...place, store: null, storeCredentialId: null };
  return connect(settings, { privateKey: Secret.of(sshd.privateKeyPem) }, tools);
}

/** Each gives a connection and what to stop afterwards. */
const here: Way = 'this machine';
const ways: Record<Way, () => Promise<{ connection: HostConnection; stop: () => Promise<void> }>> = {
  'this machine': async () => ({
    connection: await connect({ type: 'local' }, {}, tools),
    stop: async () => {},
  }),
  'SSH as root': async () => {
    const sshd = await startSshd();
    return { connection: await overSsh(sshd), stop: sshd.stop };
  },
  'SSH with sudo': async () => {
    const sshd = await startSshd({ user: { sudo: 'nopasswd' } });
    return { connection: await overSsh(sshd), stop: sshd.stop };
  },
};

const isRoot = process.getuid?.() === 0;
const shapes = await shapesOf<EndpointType, EndpointShape>('endpoints', endpointTypes);

for (const [way, reach] of Object.entries(ways)) {
  const usable = isRoot && (way === here || canRunSshd());
  describe.skipIf(!usable)(`over ${way}`, () => {
    let reached: Awaited<ReturnType<typeof reach>>;
    beforeAll(async () => {
      reached = await reach();
    });
    afterAll(async () => {
      await reached?.connection.close();
      await reached?.stop();
    });
    for (const [, { needs, cases }] of shapes)
      for (const [name, { make, also }] of Object.entries(cases))
        if (way === here || also.some((one) => one === way))
          describe.skipIf(!needs.every(have))(name, () => suite(make, () => reached.connection));
  });
}

function suite(make: () => Promise<MadeEndpoint>, connection: () => HostConnection): void {
  let made: MadeEndpoint;
  let before: Record<string, string>;
  const endpoint = () => open(made, connection());

  beforeEach(async () => {
    made = await make();
    before = await listing(made.dir);
  });
  afterEach(() => made.stop());

  it('finds the node with the certificate that is on disk', async () => {
    const node = (await endpoint().nodes()).find((one) => one.key === made.nodeKey);
    expect(node).toMatchObject({
      notInstallable: null,
      certificate: made.old.facts,
      chainPem: made.old.chainPem,
    });
    expect(await listing(made.dir)).toEqual(before);
  });

  it('is found fit by the probe, with each check in a sentence', async () => {
    const report = await endpoint().probe();
    expect(report.checks.filter((one) => !one.ok)).toEqual([]);
    expect(report.ok).toBe(true);
    for (const check of report.checks) expect(check.sentence).toMatch(/\S.*\.?$/);
    expect(await listing(made.dir)).toEqual(before);
  });

  it('plans the same twice, changes nothing by planning, and survives being stored', async () => {
    const plan = await endpoint().plan(made.nodeKey);
    expect(await endpoint().plan(made.nodeKey)).toEqual(plan);
    await endpoint().checkDrift(JSON.parse(JSON.stringify(plan)));
    expect(await listing(made.dir)).toEqual(before);
  });

  it('refuses to plan for a node that is not there', async () => {
    await expect(endpoint().plan('no such node')).rejects.toMatchObject({ code: 'node.missing' });
  });

  it('installs what the hashes said, with the planned owner and mode, twice over, and leaves nothing behind', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const material = inAgent(newLeaf());
    const hashes = await one.afterHashes(plan, material);
    expect(await listing(made.dir)).toEqual(before);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, material);
    await one.install(plan, material);
    for (const file of filesOf(plan)) expect(await stateOnDisk(file)).toEqual(expectedState(file, hashes));
    await restart(one);
    await one.discard(snapshot, 'tag1');
    await one.discard(snapshot, 'tag1');
    const after = await listing(made.dir);
    const changed = Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name]);
    const planned = filesOf(plan).map((file) => file.path.slice(made.dir.length + 1));
    expect(changed.filter((name) => !planned.includes(name) && name !== 'tls/trustkeep/')).toEqual([]);
  });

  it('restores byte for byte with owner and mode, twice over, and leaves nothing behind', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(newLeaf()));
    expect(await listing(made.dir)).not.toEqual(before);
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    await restart(one);
    await one.discard(snapshot, 'tag1');
    expect(await listing(made.dir)).toEqual(before);
  });

  it('gives the same snapshot again, even after the install, and never overwrites what it kept', async () => {
    const plan = await endpoint().plan(made.nodeKey);
    const snapshot = await endpoint().snapshot(plan, 'tag1');
    await endpoint().install(plan, inAgent(newLeaf()));
    const again = await open(made, connection()).snapshot(plan, 'tag1');
    expect(again).toEqual(snapshot);
    expect(await endpoint().restore(JSON.parse(JSON.stringify(again)))).toMatchObject({ exact: true });
    await endpoint().discard(again, 'tag1');
    expect(await listing(made.dir)).toEqual(before);
  });

  it('restores from every point at which an install can be cut off', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    for (const file of filesOf(plan)) {
      await one.install(plan, inAgent(newLeaf()));
      // the files after this one were not reached
      const rest = filesOf(plan).slice(filesOf(plan).indexOf(file) + 1);
      await one.restore({
        ...snapshot,
        kept: snapshot.kept.filter((kept) => rest.some((r) => 'path' in kept && r.path === kept.path)),
      });
      expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    }
    await one.discard(snapshot, 'tag1');
    expect(await listing(made.dir)).toEqual(before);
  });

  it('says so when a kept copy is gone, and does not claim an exact restore', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(newLeaf()));
    const kept = snapshot.kept.find((one) => one.kind === 'file' && one.keptAt !== null);
    if (kept?.kind !== 'file') throw new Error('nothing was kept');
    await rm(kept.keptAt ?? '');
    const report = await one.restore(snapshot);
    expect(report.exact).toBe(false);
    expect(report.sentence).toContain(kept.path);
  });

  it('refuses a target that drifted, saying what and how', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const file = filesOf(plan).find((candidate) => candidate.before !== null);
    const owned = file?.before?.ownership;
    if (file === undefined || owned?.system !== 'posix')
      throw new Error('a plan touches at least one file that is there');
    const content = await readFile(file.path);
    const drifts: [() => Promise<void>, string][] = [
      [() => chmod(file.path, 0o600 ^ 0o100), 'mode'],
      [() => chown(file.path, 1, 1), 'belongs to'],
      [() => writeFile(file.path, Buffer.concat([content, Buffer.from('\n')])), 'has other content'],
    ];
    for (const [drift, how] of drifts) {
      const mode = owned.mode;
      await drift();
      const refusal = expect(one.checkDrift(plan)).rejects;
      await refusal.toMatchObject({ code: 'target.drifted', message: expect.stringContaining(how) });
      await writeFile(file.path, content);
      await chown(file.path, idOf(owned.owner), idOf(owned.owner));
      await chmod(file.path, mode);
      await one.checkDrift(plan);
    }
    await writeFile(file.path, Buffer.concat([content, Buffer.from('\n')]));
    await expect(one.snapshot(plan, 'tag1')).rejects.toMatchObject({ code: 'target.drifted' });
    await expect(one.install(plan, inAgent(newLeaf()))).rejects.toMatchObject({ code: 'target.drifted' });
    await one.discard(null, 'tag1');
    await writeFile(file.path, content);
    expect(await listing(made.dir)).toEqual(before);
  });

  it('refuses a key that does not belong to the certificate, before any change', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    const wrong: Material = { chainPem: newLeaf().chainPem, key: inAgent(newLeaf()).key };
    await expect(one.install(plan, wrong)).rejects.toMatchObject({ code: 'certificate.key-mismatch' });
    expect(await listing(made.dir)).toEqual(before);
  });

  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)(
    'makes, uses and installs a %s key on the target',
    async (keyType) => {
      const one = endpoint();
      expect(await keysOf(one).canMakeKeys()).toMatchObject({ yes: true });
      const plan = await one.plan(made.nodeKey);
      const key = await keysOf(one).makeKey(plan, keyType, 'tag1');
      expect(await keysOf(one).makeKey(plan, keyType, 'tag1')).toEqual(key);
      const data = Buffer.from('to be signed');
      const signature = await keysOf(one).signWithKey(key.path, keyType, data);
      const publicKey = createPublicKey({ key: key.spki, format: 'der', type: 'spki' });
      expect(verify(keyType === 'ec-p384' ? 'sha384' : 'sha256', data, publicKey, signature)).toBe(true);

      const leaf = makeLeaf(testCa, {
        names: ['shop.example'],
        keyOf: { keyPem: '', spki: key.spki, keyType },
      });
      const material: Material = { chainPem: leaf.chainPem, key: { where: 'target', path: key.path } };
      const hashes = await one.afterHashes(plan, material);
      const snapshot = await one.snapshot(plan, 'tag1');
      await one.install(plan, material);
      await one.install(plan, material);
      for (const file of filesOf(plan)) expect(await stateOnDisk(file)).toEqual(expectedState(file, hashes));
      await restart(one);
      expect(await one.restore(snapshot)).toMatchObject({ exact: true });
      await restart(one);
      await one.discard(snapshot, 'tag1');
      expect(await listing(made.dir)).toEqual(before);
    },
  );

  it('clears up a key that was never installed, by its tag alone', async () => {
    const one = endpoint();
    const plan = await one.plan(made.nodeKey);
    await keysOf(one).makeKey(plan, 'ec-p256', 'tag1');
    const other = await keysOf(one).makeKey(plan, 'ec-p256', 'tag12');
    await one.discard(null, 'tag1');
    expect((await connection().stat(other.path))?.mode).toBe(0o600);
    await one.discard(null, 'tag12');
    expect(await listing(made.dir)).toEqual(before);
  });
}

const filesOf = (plan: InstallPlan): FileChange[] => changesOf(plan.changes, 'file');

async function stateOnDisk(file: FileChange) {
  const local = await connect({ type: 'local' }, {}, tools);
  const facts = await local.stat(file.path);
  return {
    sha256: await local.hash(file.path),
    ...{ owner: facts?.owner, group: facts?.group, mode: facts?.mode },
  };
}

function expectedState(file: FileChange, hashes: Record<string, string>) {
  const { ownership } = file.after;
  if (ownership.system !== 'posix') throw new Error('the tests run on a POSIX system');
  const { owner, group, mode } = ownership;
  return { sha256: hashes[file.path], owner, group, mode };
}

/** The tests' files belong to root or to nobody (whose group has the same id). */
const idOf = (owner: string | undefined) => (owner === 'nobody' ? 65_534 : 0);
