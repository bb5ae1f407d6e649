import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { wrapTheFirstWay } from '#test/make/first-wrap.ts';
import { bodies, it, notes, prepareSealedDatabase, restart, value } from '#test/make/resealed-database.ts';
import { fill } from '#test/make/sealed-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

prepareSealedDatabase();

describe('rows that follow in slices', () => {
  const count = 1203;
  const allOpen = () => {
    for (let index = 0; index < count; index += 23) expect(value(index)).toBe(`value ${index}`);
  };
  /** How many wraps are not in the format and under the key of now. */
  const notOfNow = () => {
    const marks = it.driver.all('SELECT DISTINCT hex(substr(wrapped, 1, 5)) AS mark FROM secret_keys');
    return marks.length - 1;
  };
  const leftTo = (next: Parameters<typeof it.start>[0]) => {
    it.database.close();
    Object.assign(it, it.start(next));
    return it.masterKey.unlock();
  };

  test('Everything opens at every turn of the loop, and what is stored in between stays', async () => {
    fill(it.database, count);
    let turns = 0;
    let stored = 0;
    const watching = {
      ...systemClock,
      async sleep() {
        turns += 1;
        for (const index of [0, 1, 600, 1202]) expect(value(index)).toBe(`value ${index}`);
        if (stored > 0) expect(it.database.secrets.open('live', 'count')?.text()).toBe(String(stored));
        it.database.secrets.put('live', 'count', Secret.of(String(++stored)));
      },
    };
    it.database.close();
    Object.assign(it, it.start(undefined, watching));
    await it.masterKey.unlock();
    expect(await it.rotate()).toMatchObject({ damaged: [] });
    expect(turns).toBeGreaterThanOrEqual(6);
    expect(notOfNow()).toBe(0);
    await restart();
    allOpen();
    expect(it.database.secrets.open('live', 'count')?.text()).toBe(String(stored));
  });

  test('Cut short behind the change, everything opens; the next unlock goes on, and forgets the key before', async () => {
    fill(it.database, count);
    await leftTo((real) => ({
      ...real,
      async prepare(from, to) {
        const prepared = await real.prepare(from, to);
        let slices = 0;
        return { ...prepared, write: (goOn) => prepared.write(() => goOn() && slices++ < 1) };
      },
    }));
    expect(await it.rotate()).toEqual({ resealed: count, damaged: [] });
    expect(notOfNow()).toBe(1);
    expect(notes().before).not.toBeNull();
    allOpen();

    await leftTo((real) => ({ ...real, finish: async () => Promise.reject(new Error('the disk is full')) }));
    expect(it.masterKey.state()).toMatchObject({ state: 'ready' });
    expect(notOfNow()).toBe(1);
    allOpen();

    expect(await restart()).toMatchObject({ state: 'ready' });
    expect(notOfNow()).toBe(0);
    expect(notes()).toMatchObject({ before: null, rows: 2, leftovers: [] });
    allOpen();
  });

  test('A rotation that finds the rest of another one brings it to its end first', async () => {
    fill(it.database, count);
    await leftTo((real) => ({
      ...real,
      prepare: async (from, to) => ({ ...(await real.prepare(from, to)), write: async () => false }),
    }));
    await it.rotate();
    expect(notes().before).not.toBeNull();
    expect(await it.rotate()).toEqual({ resealed: count, damaged: [] });
    await restart();
    expect(notOfNow()).toBe(0);
    allOpen();
  });

  test('Locked in between, no slice is written with a key that is gone', async () => {
    fill(it.database, count);
    let turns = 0;
    const locking = {
      ...systemClock,
      async sleep() {
        if (notes().before !== null && ++turns === 2) it.masterKey.lock();
      },
    };
    it.database.close();
    Object.assign(it, it.start(undefined, locking));
    await it.masterKey.unlock();
    await it.rotate();
    expect(it.masterKey.state()).toMatchObject({ state: 'locked' });
    expect(notOfNow()).toBe(1);
    await it.masterKey.unlock();
    expect(notOfNow()).toBe(0);
    allOpen();
  });

  test('Wraps of the first format open, and the first unlock puts them into the one of now, once', async () => {
    fill(it.database, count);
    wrapTheFirstWay(it.driver, it.masterKey);
    allOpen();
    const body = bodies();
    let finished = 0;
    const counting: Parameters<typeof it.start>[0] = (real) => ({
      ...real,
      finish(envelope, goOn) {
        finished += 1;
        return real.finish(envelope, goOn);
      },
    });
    await leftTo(counting);
    expect(it.driver.get('SELECT count(*) AS n FROM secret_keys WHERE length(wrapped) <> 66')?.n).toBe(0);
    expect(notes()).toMatchObject({ rows: 2, before: null });
    expect(bodies()).toEqual(body);
    allOpen();
    await leftTo(counting);
    expect(finished).toBe(1);
    allOpen();
  });

  test('A rotation over the first format takes it along', async () => {
    fill(it.database, 30);
    wrapTheFirstWay(it.driver, it.masterKey);
    expect(await it.rotate()).toEqual({ resealed: 30, damaged: [] });
    await restart();
    expect([value(0), value(29)]).toEqual(['value 0', 'value 29']);
  });

  test('When the note of the key before is damaged, rows under the new key open and the others say so', async () => {
    fill(it.database, 3);
    await leftTo((real) => ({
      ...real,
      prepare: async (from, to) => ({ ...(await real.prepare(from, to)), write: async () => false }),
    }));
    await it.rotate();
    it.database.secrets.put('cr_0', 'password', Secret.of('new'));
    const before = Buffer.alloc(61).toString('base64');
    it.database.meta.set('secrets.key', JSON.stringify({ ...notes(), before }));
    expect(await restart()).toMatchObject({ state: 'ready' });
    expect(value(0)).toBe('new');
    expect(() => value(1)).toThrow('The stored secret "password" of cr_1 is damaged');
  });
});
