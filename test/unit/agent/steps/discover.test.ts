import { afterEach, beforeEach, expect, test } from 'vitest';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { type StepWorld, stepWorld } from '#test/make/step-world.ts';
import { discoverStep } from '../../../../electron/agent/steps/discover.ts';
import type { ProbeTls } from '../../../../electron/agent/steps/step.ts';

let world: StepWorld;
beforeEach(() => {
  world = stepWorld();
  world.adapter.nodes = async () => Array.from({ length: 40 }, (_, index) => aFoundNode(`site-${index}`));
});
afterEach(() => world.remove());

/** Runs the step; each handshake takes a turn of the event loop. Gives the most that were under way at once. */
async function discovered(handshake: () => void = () => {}, signal = new AbortController().signal) {
  let underWay = 0;
  let most = 0;
  const probeTls: ProbeTls = async () => {
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    handshake();
    underWay--;
    return world.shown;
  };
  const outcome = await discoverStep.run(world.context({}, { probeTls, signal }));
  if (outcome.kind === 'done') outcome.store?.();
  const states = world.database.nodes
    .list()
    .filter(({ missingSince }) => missingSince === null)
    .map(({ served }) => served.state);
  return { outcome, most, states, seen: states.filter((state) => state !== 'unknown').length };
}

test('a server of many nodes is asked for a few of them at a time, until all are seen', async () => {
  const all = { most: 8, seen: 40, outcome: { sentence: '40 nodes were found.' } };
  expect(await discovered()).toMatchObject(all);
});

test('what is not seen within a minute is left to the watch', async () => {
  const { outcome, states, seen } = await discovered(() => void world.context().tools.clock.sleep(6000));
  expect(states).toHaveLength(40);
  expect(seen).toBeGreaterThanOrEqual(8);
  expect(seen).toBeLessThan(30);
  expect(outcome).toMatchObject({
    sentence: expect.stringContaining(`found. What ${40 - seen} of them serve has not been verified`),
  });
});

test('a discovery that is cancelled begins no other handshake', async () => {
  const stop = new AbortController();
  let handshakes = 0;
  const cancelled = discovered(() => {
    handshakes++;
    stop.abort(new Error('cancelled'));
  }, stop.signal);
  await expect(cancelled).rejects.toThrow('cancelled');
  expect(handshakes).toBeLessThanOrEqual(8);
});
