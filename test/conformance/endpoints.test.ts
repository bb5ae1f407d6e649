import { chmod, chown, readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { inAgent, listing, newLeaf } from '#test/make/endpoints.ts';
import type { Material } from '../../electron/providers/endpoints/endpoint.ts';
import { eachEndpoint, filesOf } from './each-endpoint.ts';

eachEndpoint(({ endpoint, made, before }) => {
  it('finds the node with the certificate that is on disk', async () => {
    const node = (await endpoint().nodes()).find((one) => one.key === made().nodeKey);
    expect(node).toMatchObject({
      notInstallable: null,
      certificate: made().old.facts,
      chainPem: made().old.chainPem,
    });
    expect(await listing(made().dir)).toEqual(before());
  });

  it('is found fit by the probe, with each check in a sentence, and told as it begins', async () => {
    const begun: string[] = [];
    const report = await endpoint().probe((check) => begun.push(check));
    expect(report.checks.map(({ name }) => name)).toEqual(['connect', ...begun]);
    expect(report.checks.filter((one) => !one.ok)).toEqual([]);
    expect(report.ok).toBe(true);
    for (const check of report.checks) expect(check.sentence).toMatch(/\S.*\.?$/);
    expect(await listing(made().dir)).toEqual(before());
  });

  it('plans the same twice, changes nothing by planning, and survives being stored', async () => {
    const plan = await endpoint().plan(made().nodeKey);
    expect(await endpoint().plan(made().nodeKey)).toEqual(plan);
    await endpoint().checkDrift(JSON.parse(JSON.stringify(plan)));
    expect(await listing(made().dir)).toEqual(before());
  });

  it('refuses to plan for a node that is not there', async () => {
    await expect(endpoint().plan('no such node')).rejects.toMatchObject({ code: 'node.missing' });
  });

  it('refuses a target that drifted, saying what and how', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
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
      await refusal.toMatchObject({ code: 'endpoint.drifted', message: expect.stringContaining(how) });
      await writeFile(file.path, content);
      await chown(file.path, idOf(owned.owner), idOf(owned.owner));
      await chmod(file.path, mode);
      await one.checkDrift(plan);
    }
    await writeFile(file.path, Buffer.concat([content, Buffer.from('\n')]));
    await expect(one.snapshot(plan, 'tag1')).rejects.toMatchObject({ code: 'endpoint.drifted' });
    await expect(one.install(plan, inAgent(newLeaf()))).rejects.toMatchObject({ code: 'endpoint.drifted' });
    await one.discard(null, 'tag1');
    await writeFile(file.path, content);
    expect(await listing(made().dir)).toEqual(before());
  });

  it('refuses a key that does not belong to the certificate, before any change', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    const wrong: Material = { chainPem: newLeaf().chainPem, key: inAgent(newLeaf()).key };
    await expect(one.install(plan, wrong)).rejects.toMatchObject({ code: 'certificate.key-mismatch' });
    expect(await listing(made().dir)).toEqual(before());
  });
});

/** The tests' files belong to root or to nobody (whose group has the same id). */
const idOf = (owner: string | undefined) => (owner === 'nobody' ? 65_534 : 0);
