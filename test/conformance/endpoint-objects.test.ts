import { describe, expect, it } from 'vitest';
import { inAgent } from '#test/make/endpoints.ts';
import { each, faults, first, prepared, restoredAfter, shapes } from './each-object.ts';

it.each(shapes)('the suite runs over an endpoint of the type %s', (_type, { cases, objects = {} }) => {
  expect([...Object.keys(cases), ...Object.keys(objects)]).not.toEqual([]);
});

/** What every endpoint promises that is managed by requests. */
describe.each(each)('$type: $name', ({ make }) => {
  const { made, asItWas, endpoint, newLeaf } = prepared(make);

  it('finds the node with its certificate and chain, and changes nothing by looking', async () => {
    const node = (await endpoint().nodes()).find(({ key }) => key === made().nodeKey);
    const { facts, chainPem } = made().old;
    expect(node).toMatchObject({ notInstallable: null, certificate: facts, chainPem });
    expect(made().state()).toEqual(asItWas());
  });

  it('is found fit by the probe, with each check in a sentence, and told as it begins', async () => {
    const begun: string[] = [];
    const report = await endpoint().probe((check) => begun.push(check));
    expect(report.checks.map(({ name }) => name)).toEqual(['connect', ...begun]);
    expect(report.checks.filter((one) => !one.ok)).toEqual([]);
    expect(report.version).not.toBeNull();
    expect(made().state()).toEqual(asItWas());
  });

  it('plans the same twice, changes nothing by planning, and survives being stored', async () => {
    const plan = await endpoint().plan(made().nodeKey);
    expect(await endpoint().plan(made().nodeKey)).toEqual(plan);
    await endpoint().checkDrift(JSON.parse(JSON.stringify(plan)));
    expect(made().state()).toEqual(asItWas());
    await expect(endpoint().plan('no such node')).rejects.toMatchObject({ code: 'node.missing' });
  });

  it('refuses what drifted, saying what, before any change', async () => {
    const plan = await endpoint().plan(made().nodeKey);
    for (const [drift, how] of made().drifts) {
      drift();
      const refused = { code: 'endpoint.drifted', message: expect.stringContaining(how) };
      const drifted = made().state();
      await expect(endpoint().checkDrift(plan)).rejects.toMatchObject(refused);
      await expect(endpoint().snapshot(plan, 'tag1')).rejects.toMatchObject(refused);
      await expect(endpoint().install(plan, inAgent(newLeaf()))).rejects.toMatchObject(refused);
      expect(made().state()).toEqual(drifted);
    }
  });

  it('refuses a key that does not belong to the certificate, before any change', async () => {
    const plan = await endpoint().plan(made().nodeKey);
    const wrong = { ...inAgent(newLeaf()), chainPem: newLeaf().chainPem };
    await expect(endpoint().install(plan, wrong)).rejects.toMatchObject({ code: 'certificate.key-mismatch' });
    expect(made().state()).toEqual(asItWas());
  });

  it.each([true, false])(
    'installs twice over and serves it (with an intermediate: %s)',
    async (intermediate) => {
      const one = endpoint();
      const plan = await one.plan(made().nodeKey);
      const leaf = newLeaf(intermediate);
      const snapshot = await one.snapshot(plan, 'tag1');
      await one.checkSnapshot(plan, JSON.parse(JSON.stringify(snapshot)), 'tag1');
      expect(await made().served()).toBe(made().old.facts.fingerprint);
      await one.install(plan, inAgent(leaf));
      const installed = made().state();
      expect(await made().served()).toBe(leaf.facts.fingerprint);
      await one.install(plan, inAgent(leaf));
      expect(made().state()).toEqual(installed);
      expect(await one.powers.readsBack?.readBack(plan, leaf.facts.fingerprint)).toMatch(/\.$/);
      await one.discard(snapshot, 'tag1');
      await one.discard(snapshot, 'tag1');
      const found = (await one.nodes()).find(({ key }) => key === made().nodeKey);
      expect(found).toMatchObject({ certificate: leaf.facts, chainPem: leaf.chainPem });
    },
  );

  it('restores exactly, twice over, and leaves nothing behind', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const snapshot = JSON.parse(JSON.stringify(await one.snapshot(plan, 'tag1')));
    await one.install(plan, inAgent(newLeaf()));
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    expect(await made().served()).toBe(made().old.facts.fingerprint);
    await one.discard(snapshot, 'tag1');
    expect(made().state()).toEqual(asItWas());
    await expect(one.checkSnapshot(plan, snapshot, 'tag1')).rejects.toMatchObject({ code: 'snapshot.gone' });
  });

  it('knows no snapshot but its own', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    const other = { code: 'snapshot.other' };
    const check = (change: object, tag = 'tag1') => one.checkSnapshot(plan, { ...snapshot, ...change }, tag);
    await expect(check({ nodeKey: 'other' })).rejects.toMatchObject(other);
    await expect(check({ kept: snapshot.kept.slice(1) })).rejects.toMatchObject(other);
    await expect(check({ previousFingerprint: null })).rejects.toMatchObject(other);
    await expect(check({ startAgain: ['reboot'] })).rejects.toMatchObject(other);
    await expect(check({}, 'tag2')).rejects.toMatchObject({ code: 'snapshot.gone' });
    await one.discard(null, 'tag1');
    expect(made().state()).toEqual(asItWas());
  });

  it('installs another certificate after the first, and restores that first one', async () => {
    const one = endpoint();
    const first = newLeaf();
    const plan = await one.plan(made().nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(first));
    await one.discard(snapshot, 'tag1');
    const between = made().state();
    const next = await one.plan(made().nodeKey);
    expect(next.changes.map((change) => ('path' in change ? change.path : ''))).not.toEqual(
      plan.changes.map((change) => ('path' in change ? change.path : '')),
    );
    const kept = await one.snapshot(next, 'tag2');
    await one.install(next, inAgent(newLeaf(false)));
    expect(await one.restore(kept)).toMatchObject({ exact: true });
    await one.discard(kept, 'tag2');
    expect(made().state()).toEqual(between);
    expect(await made().served()).toBe(first.facts.fingerprint);
  });
});

/** At every request: of one way of each type, since it takes seconds. */
describe.each(first)('$type, with a fault: $name', ({ make }) => {
  const world = prepared(make);
  const { made, asItWas, endpoint, newLeaf } = world;

  it('is restored after every request of an install, whatever went wrong at it', async () => {
    for (let after = 0; ; after += 1) {
      const how = faults[after % faults.length] ?? 'refused';
      if (!(await restoredAfter(world, { after, how }))) break;
    }
  });

  it('installs as if nothing had happened when its login runs out at any request', async () => {
    for (let after = 0; ; after += 1) {
      const one = endpoint();
      const plan = await one.plan(made().nodeKey);
      const snapshot = await one.snapshot(plan, 'tag1');
      const leaf = newLeaf();
      made().fail({ after, how: 'token expired' });
      await one.install(plan, inAgent(leaf));
      expect(await made().served()).toBe(leaf.facts.fingerprint);
      const failed = made().failed();
      await one.restore(snapshot);
      await one.discard(snapshot, 'tag1');
      expect(made().state()).toEqual(asItWas());
      if (!failed) return;
    }
  });

  it('ends a restore that was cut off at any request', async () => {
    for (let after = 0; ; after += 1) {
      const one = endpoint();
      const plan = await one.plan(made().nodeKey);
      const snapshot = await one.snapshot(plan, 'tag1');
      await one.install(plan, inAgent(newLeaf()));
      made().fail({ after, how: 'lost after' });
      await one.restore(snapshot).catch(() => {});
      const failed = made().failed();
      expect(await one.restore(snapshot)).toMatchObject({ exact: true });
      await one.discard(snapshot, 'tag1');
      expect(made().state()).toEqual(asItWas());
      if (!failed) return;
    }
  });
});
