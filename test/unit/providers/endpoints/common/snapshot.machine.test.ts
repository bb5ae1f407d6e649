import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import { LocalConnection } from '../../../../../electron/providers/connections/local/local.ts';
import { discardKept, isNoted } from '../../../../../electron/providers/endpoints/common/snapshot.ts';
import { plannedFiles } from '../../../../make/planned-files.ts';
import { canGiveRights, must } from '../../../../make/rights.ts';

let files: ReturnType<typeof plannedFiles>;
beforeEach(() => {
  files = plannedFiles();
});
afterEach(() => files.remove());

const at = (name: string): string => files.at(name);
const put = (name: string, content: string, mode?: number): string => files.put(name, content, mode);
const drifted = expect.objectContaining({ code: 'endpoint.drifted' });

describe('a snapshot', () => {
  test('keeps an exact copy beside each file, with its mode, and notes which did not exist', async () => {
    put('site.crt', 'old certificate', 0o604);
    const plan = [await files.planned('site.crt'), await files.planned('new.crt')];
    const snapshot = await files.take(plan, [at('made-for-it')]);
    const kept = at('.trustkeep-task_1.kept.site.crt');
    expect(readFileSync(kept, 'utf8')).toBe('old certificate');
    expect(statSync(kept).mode & 0o777).toBe(0o604);
    expect(statSync(at('.trustkeep-task_1.snapshot')).mode & 0o777).toBe(0o600);
    expect(snapshot).toMatchObject({
      previousFingerprint: 'aa',
      kept: [
        { kind: 'file', path: at('site.crt'), keptAt: kept },
        { kind: 'file', path: at('new.crt'), keptAt: null, before: null },
        { kind: 'directory', path: at('made-for-it') },
      ],
    });
  });

  test('taken again is the same, and the copies stay the ones it made, because they are older than any change', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    const first = await files.take(plan);
    put('site.crt', 'half installed');
    expect(await files.take(plan)).toEqual(first);
    expect(readFileSync(at('.trustkeep-task_1.kept.site.crt'), 'utf8')).toBe('old');
  });

  test('says nothing that a file on the endpoint says, and does not write where a link leads that lies there', async () => {
    put('site.crt', 'old');
    put('victim', 'precious');
    const plan = [await files.planned('site.crt'), await files.planned('new.crt')];
    const planted = {
      ...{ nodeKey: 'node', previousFingerprint: null, startAgain: ['touch', at('ran')] },
      kept: [{ kind: 'file', path: at('victim'), keptAt: null, before: null }],
    };
    put('.trustkeep-task_1.snapshot', JSON.stringify(planted));
    const paths = plan.map(({ path }) => path);
    expect((await files.take(plan)).kept.map((one) => 'path' in one && one.path)).toEqual(paths);
    expect(await files.take(plan)).not.toHaveProperty('startAgain');
    for (const leadsTo of ['victim', 'nothing']) {
      for (const name of ['snapshot', 'kept.site.crt']) {
        rmSync(at(`.trustkeep-task_1.${name}`));
        symlinkSync(at(name === 'snapshot' ? leadsTo : 'nothing'), at(`.trustkeep-task_1.${name}`));
      }
      await files.take(plan);
      expect(lstatSync(at('.trustkeep-task_1.snapshot')).isFile()).toBe(true);
      expect(lstatSync(at('.trustkeep-task_1.kept.site.crt')).isFile()).toBe(true);
    }
    expect(readFileSync(at('victim'), 'utf8')).toBe('precious');
    expect(files.names()).not.toContain('nothing');
  });

  test('is refused when a link lies where a copy is to be, though it leads to the very file', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    symlinkSync(at('site.crt'), at('.trustkeep-task_1.kept.site.crt'));
    await expect(files.take(plan)).rejects.toThrow(expect.objectContaining({ code: 'snapshot.not-exact' }));
  });

  test('is refused when a file is no longer as planned, or one that was to be new is there', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    put('site.crt', 'changed by somebody');
    await expect(files.take(plan)).rejects.toThrow(drifted);
    const fresh = [await files.planned('new.crt')];
    put('new.crt', 'put there by somebody');
    await expect(files.take(fresh)).rejects.toThrow(drifted);
    expect(files.names()).toEqual(['new.crt', 'site.crt']);
  });

  test('says why a copy could not be made, and notes nothing then', async () => {
    put('site.crt', 'old');
    put('site.key', 'old key');
    class Full extends LocalConnection {
      override async copyAll(): Promise<void> {
        throw new Failure('file.disk-full', 'The disk is full.');
      }
    }
    const plan = [await files.planned('site.crt'), await files.planned('site.key')];
    await expect(files.take(plan, [], new Full(systemClock))).rejects.toMatchObject({
      code: 'file.disk-full',
    });
    expect(files.names()).toEqual(['site.crt', 'site.key']);
  });

  test.runIf(canGiveRights)(
    'is refused when a file got an access control list since it was planned',
    async () => {
      const path = put('site.key', 'old key', 0o600);
      const plan = [await files.planned('site.key')];
      await must('setfacl', '-m', 'u:daemon:r', path);
      await must('chmod', '0600', path);
      await expect(files.take(plan)).rejects.toMatchObject({
        code: 'snapshot.not-exact',
        message: expect.stringContaining('now has the ACL'),
      });
      expect(files.names()).not.toContain('.trustkeep-task_1.snapshot');
    },
  );

  test('is refused when a kept copy is not exact', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    put('.trustkeep-task_1.kept.site.crt', 'of somebody else');
    await expect(files.take(plan)).rejects.toThrow(expect.objectContaining({ code: 'snapshot.not-exact' }));
  });
});

describe('clearing up', () => {
  const discarded = { snapshot: null, keyPath: null, directories: [] };

  test('does not say that nothing is left where the place of a copy or a key is gone', async () => {
    const made = at('mounted');
    mkdirSync(made);
    put('mounted/site.crt', 'old');
    const snapshot = await files.take([await files.planned('mounted/site.crt')]);
    renameSync(made, at('away'));
    const gone = expect.objectContaining({ code: 'file.missing', retry: 'later' });
    await expect(discardKept(files.connection, { ...discarded, snapshot }, 'task_1')).rejects.toEqual(gone);
    const keyPath = at('mounted/.trustkeep-task_1.key.site.key');
    await expect(discardKept(files.connection, { ...discarded, keyPath }, 'task_1')).rejects.toEqual(gone);
    renameSync(at('away'), made);
    await discardKept(files.connection, { ...discarded, snapshot, keyPath }, 'task_1');
    expect(readdirSync(made)).toEqual(['site.crt']);
  });

  test('removes what was made for this task, also where only its name tells, and nothing else', async () => {
    put('site.crt', 'old');
    const snapshot = await files.take([await files.planned('site.crt')]);
    expect(await isNoted(files.connection, files.directory, 'task_1')).toBe(true);
    put('.trustkeep-task_1.key.site.key', 'new key');
    put('.trustkeep-task_2.kept.site.crt', 'of another task');
    put('.trustkeep-task_10.snapshot', 'of another task too');
    await discardKept(files.connection, { ...discarded, snapshot }, 'task_1');
    expect(files.names()).toEqual([
      '.trustkeep-task_10.snapshot',
      '.trustkeep-task_2.kept.site.crt',
      'site.crt',
    ]);
    expect(await isNoted(files.connection, files.directory, 'task_1')).toBe(false);
    put('.trustkeep-task_1.key.site.key', 'new key');
    const directories = [files.directory, at('not-there')];
    await discardKept(files.connection, { ...discarded, directories }, 'task_1');
    expect(files.names()).not.toContain('.trustkeep-task_1.key.site.key');
  });

  test('removes nothing that has another name, whatever the snapshot says', async () => {
    put('site.crt', 'old');
    put('victim', 'precious');
    const snapshot = await files.take([await files.planned('site.crt')]);
    const [first] = snapshot.kept;
    if (first?.kind !== 'file') throw new Error('one file is kept');
    const other = { ...snapshot, kept: [{ ...first, keptAt: at('victim') }] };
    await discardKept(files.connection, { ...discarded, snapshot: other }, 'task_1');
    expect(files.names()).toEqual(['site.crt', 'victim']);
  });
});
