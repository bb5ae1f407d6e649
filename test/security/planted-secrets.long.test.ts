/**
 * The attack: read everything that is not locked away. A marked secret goes in through every door (command line, standard
 * input, file, key file with passphrase, EAB key, key stores, manager, export, passphrase of the store, credentials, vaults, proxy, backups), others are
 * made inside (recovery keys, root key, keys for certificates) or given by vaults. The main job runs over real SSH with the log at its most talkative, and much of it fails.
 * Then every place that somebody may see is searched for every marker, in every writing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { canRunSshd } from '#test/servers/sshd.ts';
import { foundBelow, foundIn, watchProcesses } from './markers.ts';
import { openToOthers, rows, sealed } from './planted-places.ts';
import { PlantedStory } from './planted-story.ts';
import { secrets } from './planted-values.ts';

describe.runIf(canRunSshd() && have('nginx') && have('sudo'))('planted secrets', () => {
  let story: PlantedStory;
  beforeAll(async () => {
    story = await PlantedStory.begin();
  });
  afterAll(() => story?.end());

  test('are found nowhere but where they were put', { timeout: 600_000 }, async () => {
    const { program, site, asUser, asRoot, planted } = story.scene;
    const { markers } = planted;
    await story.keyWithPassphrase();
    const watch = watchProcesses(markers);
    program.onStart = (args, pid) => {
      if (planted.isIn(args)) watch.allow(pid);
    };
    await program.startAgent();
    await story.storeUnderPassphrase();
    await story.authorityWithBinding();
    await story.endpointsOverSsh();
    await story.certificates();
    await story.endpointsWithPasswords();
    const lost = await story.lostOrder();
    await story.credentials();
    await story.everyQuestion(lost);
    await story.rotation();
    const backup = program.path('all.backup');
    await story.backup(backup);
    expect(foundBelow(program.data, markers, /\.lock$/)).toEqual([]); // also in what waits
    await story.restored();
    markers.push(...(await sealed(program.data, secrets['passphrase of the backup'])));

    const processes = watch.stop();
    expect(processes.looked).toBeGreaterThan(1_000);
    expect([...processes.seen].some((one) => one.includes('sudo'))).toBe(true); // it did look while programs ran
    expect(processes.found).toEqual([]);
    expect(markers.length).toBeGreaterThan(16);
    // what was planted is really found where it lies open: the search works
    const open = foundBelow(site.nginx.dir, markers, /\.log$/);
    expect(open).toContainEqual(expect.stringContaining('made in the agent'));
    expect(foundIn('what was said and logged', program.heard.join('\n'), markers)).toEqual([]);
    expect(program.heard.join('\n')).toContain(' debug ');
    expect(foundBelow(program.data, markers, /\.lock$/)).toEqual([]);
    expect(openToOthers(program.data)).toEqual([]);
    expect(readdirSync(program.data).filter((name) => /before-restore/.test(name)).length).toBeGreaterThan(0);
    expect(foundIn('the backup', readFileSync(backup), markers)).toEqual([]);
    expect(foundIn('the rows', rows(program.data), markers)).toEqual([]);
    const logs = `${await site.nginx.errorLog()}${asUser.output()}${asRoot.output()}`;
    expect(foundIn('the log of the target', logs, markers)).toEqual([]);
  });
});
