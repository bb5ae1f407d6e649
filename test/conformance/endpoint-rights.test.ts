import { link, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { InstallPlan } from '#shared/model/plan.ts';
import { inAgent, keysOf, listing, newLeaf } from '#test/make/endpoints.ts';
import { aclOf, attributesOf, canGiveRights, must } from '#test/make/rights.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { eachEndpoint, filesOf } from './each-endpoint.ts';

/** The files of field case T1: a key that only `daemon` may read beside its owner, though its mode reads 0640. */
eachEndpoint(({ endpoint, made, before, connection, makesKeys }) => {
  const open = 'user::rw-\nuser:daemon:r--\ngroup::---\nmask::r--\nother::---\n\n';

  /** Gives every file that the plan replaces, or makes after another, a list and an attribute. */
  async function giveRights(): Promise<void> {
    const old = Object.keys(before()).filter((name) => /\.(crt|key|pem|conf|xml|p12|jks)$/.test(name));
    const paths = old.map((name) => `${made().dir}/${name}`);
    for (const path of paths) {
      await must('chmod', '0600', path);
      await must('setfacl', '-m', 'u:daemon:r', path);
      await must('setfattr', '-n', 'user.team', '-v', 'web', path);
    }
  }

  it.runIf(canGiveRights)(
    'keeps lists and attributes over an install and its undoing, copies too; refuses what got another since the plan',
    async () => {
      await giveRights();
      const state = await listing(made().dir);
      const one = endpoint();
      const plan = await one.plan(made().nodeKey);
      const replaced = filesOf(plan).flatMap(({ path, before: was }) => (was === null ? [] : [path]));
      for (const { after } of filesOf(plan))
        expect(after.ownership).toMatchObject({ acl: open.trim().replaceAll('\n', ','), mode: 0o640 });
      await refusesOtherRights(one, plan, replaced[0] ?? '');
      const snapshot = await one.snapshot(plan, 'tag1');
      for (const kept of snapshot.kept) {
        if (kept.kind !== 'file' || kept.keptAt === null) continue;
        expect(await aclOf(kept.keptAt)).toBe(open);
        expect(await attributesOf(kept.keptAt)).toEqual(['user.team=0x776562']);
      }
      await one.install(plan, inAgent(newLeaf()));
      for (const { path } of filesOf(plan)) expect(await aclOf(path)).toBe(open);
      for (const path of replaced) expect(await attributesOf(path)).toEqual(['user.team=0x776562']);
      for (const path of replaced) await must('setfacl', '-m', 'u:nobody:r', path);
      expect(await one.restore(snapshot)).toMatchObject({ exact: true });
      for (const path of replaced) {
        expect(await aclOf(path)).toBe(open);
        expect(await attributesOf(path)).toEqual(['user.team=0x776562']);
      }
      await one.discard(snapshot, 'tag1');
      expect(await listing(made().dir)).toEqual(state);
    },
  );

  // atusy/kakehashi#760: `ln source.lua alias.lua`, and a rename over one of them
  it('names in the plan who keeps the previous content: a further name of the file', async () => {
    const one = endpoint();
    const first = filesOf(await one.plan(made().nodeKey)).find(({ before: was }) => was !== null);
    if (first === undefined) throw new Error('nothing is replaced');
    const [alias, far] = [`${dirname(first.path)}/alias of it`, `${made().dir}/far`];
    await link(first.path, alias);
    const plan = await one.plan(made().nodeKey);
    expect(filesOf(plan).find(({ path }) => path === first.path)?.before).toMatchObject({ names: 2 });
    expect(plan.warnings).toContainEqual(
      `${first.path} has 2 names (hard links: ${alias}). Only ${first.path} gets the new content; whatever reads the file by another name keeps the previous one.`,
    );
    await one.checkDrift(plan);
    await link(first.path, far);
    await expect(one.checkDrift(plan)).rejects.toMatchObject({
      message: expect.stringContaining('now has 3 names (hard links) instead of 2'),
    });
    await rm(far);
    const old = await readFile(alias);
    const snapshot = await one.snapshot(plan, 'tag1');
    await one.install(plan, inAgent(newLeaf()));
    expect(await readFile(alias)).toEqual(old);
    expect(await readFile(first.path)).not.toEqual(old);
    expect(await one.restore(snapshot)).toMatchObject({ exact: true });
    await one.discard(snapshot, 'tag1');
  });

  // ansible/ansible#41737: `attributes: i` on a file of mode 0600, to keep it from being replaced
  it.runIf(canGiveRights)(
    'refuses at planning what is immutable, and what lies in an immutable directory',
    async () => {
      const one = endpoint();
      const [file] = filesOf(await one.plan(made().nodeKey)).filter(({ before: was }) => was !== null);
      if (file === undefined) throw new Error('nothing is replaced');
      for (const [letter, path] of [
        ['i', file.path],
        ['a', file.path],
        ['i', dirname(file.path)],
      ] as const) {
        await must('chattr', `+${letter}`, path);
        const refused = one.plan(made().nodeKey);
        await expect(refused.finally(() => must('chattr', `-${letter}`, path))).rejects.toMatchObject({
          code: 'node.not-installable',
          message: expect.stringContaining(`${path} is ${letter === 'i' ? 'immutable' : 'append-only'}`),
          hint: expect.stringContaining(`chattr -${letter}`),
        });
      }
      expect(await listing(made().dir)).toEqual(before());
    },
  );

  // certbot/certbot#5017, #7412: directories give keys to the programs that need them
  if (!makesKeys) return;
  it.runIf(canGiveRights)('makes keys that no list of their directory opens', async () => {
    const one = endpoint();
    const plan = await one.plan(made().nodeKey);
    for (const { path } of filesOf(plan))
      if ((await connection().stat(dirname(path))) !== null)
        await must('setfacl', '-d', '-m', 'u:daemon:r,g::r,o::r', dirname(path));
    const { path } = await keysOf(one).makeKey(plan, 'ec-p256', 'tag1');
    expect(await aclOf(path)).toMatch(
      /^user::rw-\n(.*\n)*mask::---\nother::---\n|^user::rw-\ngroup::---\nother::---\n/,
    );
    await one.discard(null, 'tag1');
    expect(await listing(made().dir)).toEqual(before());
  });
});

/** And takes the plan again once everything is as it was. */
async function refusesOtherRights(one: Endpoint, plan: InstallPlan, path: string): Promise<void> {
  await must('setfattr', '-n', 'user.team', '-v', 'db', path);
  await expect(one.checkDrift(plan)).rejects.toMatchObject({
    code: 'endpoint.drifted',
    message: expect.stringContaining('attributes user.team='),
  });
  await must('setfattr', '-n', 'user.team', '-v', 'web', path);
  await must('setfacl', '-m', 'u:nobody:r', path);
  await expect(one.checkDrift(plan)).rejects.toMatchObject({
    message: expect.stringContaining('user:nobody:r--'),
  });
  await must('setfacl', '-x', 'u:nobody', path);
  await one.checkDrift(plan);
}
