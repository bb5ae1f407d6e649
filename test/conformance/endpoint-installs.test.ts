import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { inAgent, listing, newLeaf, open, restart } from '#test/make/endpoints.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { eachEndpoint, expectedState, filesOf, stateOnDisk } from './each-endpoint.ts';

eachEndpoint(({ endpoint, made, before, connection }) => {
  it('installs what the hashes said, with the planned owner and mode, twice over, and leaves nothing behind', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const material = inAgent(newLeaf());
    const hashes = await one.afterHashes(plan, material);
    expect(await listing(made().dir)).toEqual(before());
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, material);
    await one.install(plan, material);
    for (const file of filesOf(plan)) expect(await stateOnDisk(file)).toEqual(expectedState(file, hashes));
    await restart(one);
    await one.discard(snapshot, 'tag1');
    await one.discard(snapshot, 'tag1');
    const after = await listing(made().dir);
    const changed = Object.keys({ ...before(), ...after }).filter((name) => before()[name] !== after[name]);
    const planned = filesOf(plan).map((file) => file.path.slice(made().dir.length + 1));
    expect(changed.filter((name) => !planned.includes(name) && name !== 'tls/trustkeep/')).toEqual([]);
  });

  it('restores byte for byte with owner and mode, twice over, and leaves nothing behind', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(newLeaf()));
    expect(await listing(made().dir)).not.toEqual(before());
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    await restart(one);
    await one.discard(snapshot, 'tag1');
    expect(await listing(made().dir)).toEqual(before());
    await expect(one.checkSnapshot(plan, snapshot, 'tag1')).rejects.toMatchObject({ code: 'snapshot.gone' });
  });

  it('gives the same snapshot again until the install, never overwrites what it kept, and knows no other', async () => {
    const plan = await endpoint().plan(made().nodeKey);
    const snapshot = await endpoint().snapshot(plan, 'tag1');
    const again = await open(made(), connection()).snapshot(plan, 'tag1');
    expect(again).toEqual(snapshot);
    await refusesOthers(endpoint(), plan, JSON.parse(JSON.stringify(again)));
    await endpoint().install(plan, inAgent(newLeaf()));
    // refused where a new file is there by now; where not, the copies are older than the install
    await open(made(), connection())
      .snapshot(plan, 'tag1')
      .then(
        (third) => expect(third).toEqual(snapshot),
        (error) => expect(error).toMatchObject({ code: 'endpoint.drifted' }),
      );
    expect(await endpoint().restore(JSON.parse(JSON.stringify(again)))).toMatchObject({ exact: true });
    await endpoint().discard(again, 'tag1');
    expect(await listing(made().dir)).toEqual(before());
  });

  it('restores from every point at which an install can be cut off', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    // behind the last file nothing is cut off: that is the restore above
    for (const reached of filesOf(plan).slice(0, -1)) {
      await one.install(plan, inAgent(newLeaf()));
      // the files after this one were not reached
      const rest = filesOf(plan).slice(filesOf(plan).indexOf(reached) + 1);
      await one.restore({
        ...snapshot,
        kept: snapshot.kept.filter((kept) => rest.some((r) => 'path' in kept && r.path === kept.path)),
      });
      expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    }
    await one.discard(snapshot, 'tag1');
    expect(await listing(made().dir)).toEqual(before());
  });

  it('says so when a kept copy is gone, and does not claim an exact restore', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(newLeaf()));
    const kept = snapshot.kept.find((one) => one.kind === 'file' && one.keptAt !== null);
    if (kept?.kind !== 'file') throw new Error('nothing was kept');
    await rm(kept.keptAt ?? '');
    const report = await one.restore(snapshot);
    expect(report.exact).toBe(false);
    expect(report.sentence).toContain(kept.path);
  });
});

/** It knows its own snapshot of a plan by what that says, and no other. */
async function refusesOthers(one: Endpoint, plan: InstallPlan, snapshot: Snapshot): Promise<void> {
  await one.checkSnapshot(plan, snapshot, 'tag1');
  const [first, ...rest] = snapshot.kept;
  if (first?.kind !== 'file') throw new Error('a plan touches at least one file');
  const others: Partial<Snapshot>[] = [
    { nodeKey: 'another' },
    { previousFingerprint: 'another' },
    { startAgain: ['sh', '-c', 'true'] },
    { kept: rest },
    { kept: [...snapshot.kept, { kind: 'file', path: '/etc/hosts', keptAt: null, before: null }] },
    { kept: [...snapshot.kept, { kind: 'directory', path: '/etc/another' }] },
    { kept: [{ ...first, path: '/etc/hosts' }, ...rest] },
    { kept: [{ ...first, keptAt: '/etc/hosts' }, ...rest] },
    { kept: snapshot.kept.map((kept) => ('before' in kept ? { ...kept, before: null } : kept)) },
  ];
  for (const other of others)
    await expect(
      one.checkSnapshot(plan, { ...snapshot, ...other }, 'tag1'),
      JSON.stringify(other),
    ).rejects.toMatchObject({ code: 'snapshot.other' });
  if (snapshot.kept.some((kept) => kept.kind === 'file' && kept.keptAt !== null))
    await expect(one.checkSnapshot(plan, snapshot, 'tag2')).rejects.toMatchObject({ code: 'snapshot.other' });
}
