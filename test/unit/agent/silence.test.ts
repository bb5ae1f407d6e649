import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aFoundNode, aRenewal } from '#test/make/certificate-rows.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { day, hour, makeDatabase, type TestDatabase } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { overviewOf } from '../../../electron/agent/overview.ts';
import { silentSince } from '../../../electron/agent/policies/silence.ts';
import { lastRenewalCheck, noteRenewalCheck, renewalSilence } from '../../../electron/agent/renewal-check.ts';
import { silenceWatch } from '../../../electron/agent/upkeep/silence.ts';

let fixture: TestDatabase;
let clock: JumpingClock;
let told: { title: string; level: string }[];
beforeEach(() => {
  fixture = makeDatabase();
  clock = new JumpingClock();
  told = [];
});
afterEach(() => fixture.remove());

const watch = () =>
  silenceWatch({
    database: fixture.database,
    clock,
    notify: ({ title, level }) => told.push({ title, level }),
  });
function renewsSomething(): void {
  const { database } = fixture;
  const endpoint = anEndpoint();
  database.endpoints.insert(endpoint);
  const [node] = database.nodes.reconcile(endpoint.id, [aFoundNode('a')], clock.now());
  database.renewals.upsert(aRenewal(node?.id ?? ''));
}
const checked = () => noteRenewalCheck(fixture.database, clock.now());
const alarm = { title: 'Action required: renewals are not checked', level: 'danger' };

test('silence begins after 26 hours, and only where something is renewed', () => {
  const at = (hours: number, renews = true) =>
    silentSince({ now: hours * hour, lastCheckAt: 0, renews }) !== null;
  expect([at(25.9), at(26), at(26.1), at(1000, false)]).toEqual([false, false, true, false]);
  expect(silentSince({ now: 0, lastCheckAt: 100 * hour, renews: true })).toBeNull(); // the clock was set back
  expect(silentSince({ now: 100 * hour, lastCheckAt: null, renews: true })).toBeNull();
});

describe('the alarm for silence', () => {
  test('is raised once at the second silent turn, and again after the next silence', () => {
    renewsSomething();
    checked();
    const turn = watch();
    turn();
    clock.jump(27 * hour);
    turn();
    expect(told).toEqual([]);
    turn();
    turn();
    expect(told).toEqual([alarm]);
    checked();
    turn();
    clock.jump(27 * hour);
    turn();
    turn();
    expect(told).toEqual([alarm, alarm]);
  });

  test('is not raised for a machine that slept and checks when it wakes up', () => {
    renewsSomething();
    checked();
    const turn = watch();
    turn();
    for (let nights = 0; nights < 3; nights += 1) {
      clock.jump(3 * day);
      turn();
      checked();
      turn();
    }
    expect(told).toEqual([]);
  });

  test('counts from the first start where no check was ever completed', () => {
    renewsSomething();
    const turn = watch();
    turn();
    clock.jump(27 * hour);
    turn();
    turn();
    expect(told).toEqual([alarm]);
    expect(lastRenewalCheck(fixture.database)).toBeNull();
  });

  test('says at the start of an agent that none ran', () => {
    renewsSomething();
    checked();
    clock.jump(3 * day);
    const turn = watch();
    turn();
    expect(told).toEqual([{ title: 'No renewal check for 3 days', level: 'info' }]);
    checked();
    turn();
    turn();
    expect(told).toHaveLength(1);
  });
});

test('silence is seen in the overview, whoever asks', () => {
  renewsSomething();
  checked();
  const { database } = fixture;
  expect(overviewOf(database, clock.now()).level).toBe('ok');
  clock.jump(50 * hour);
  const sentence = 'No renewal check has been completed for 2 days.';
  expect(overviewOf(database, clock.now())).toMatchObject({
    level: 'attention',
    sentence,
    tooltip: sentence,
  });
  expect(renewalSilence(database, clock.now())).not.toBeNull();
});
