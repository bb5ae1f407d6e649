import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeDatabase, type TestDatabase } from '#test/make/database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

describe('what is to be done after a commit', () => {
  test('is done now where there is no transaction', () => {
    const done: string[] = [];
    fixture.database.afterCommit(() => done.push('it'));
    expect(done).toEqual(['it']);
  });

  test('is done in order when the outermost transaction is committed, and once', () => {
    const { database } = fixture;
    const done: string[] = [];
    database.transaction(() => {
      database.transaction(() => database.afterCommit(() => done.push('one')));
      database.afterCommit(() => done.push('two'));
      expect(done).toEqual([]);
    });
    database.transaction(() => {});
    expect(done).toEqual(['one', 'two']);
  });

  test('is not done when the transaction is rolled back, nor after the next one', () => {
    const { database } = fixture;
    const done: string[] = [];
    const work = (): void => {
      database.afterCommit(() => done.push('it'));
      throw new Error('no');
    };
    expect(() => database.transaction(work)).toThrow('no');
    database.transaction(() => {});
    expect(done).toEqual([]);
  });

  test('is done to its end when a part of it fails, and what was written stays', () => {
    const { database } = fixture;
    const done: string[] = [];
    const work = () =>
      database.transaction(() => {
        database.meta.set('x', '1');
        database.afterCommit(() => {
          throw new Error('deaf');
        });
        database.afterCommit(() => done.push('it'));
      });
    expect(work).toThrow('deaf');
    expect([done, database.meta.get('x')]).toEqual([['it'], '1']);
  });

  test('may itself write', () => {
    const { database } = fixture;
    database.transaction(() => database.afterCommit(() => database.meta.set('x', '1')));
    expect(database.meta.get('x')).toBe('1');
  });
});
