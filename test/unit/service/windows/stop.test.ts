import { expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { stopService } from '../../../../electron/service/windows/scm.ts';
import { states } from '../../../../electron/service/windows/structs.ts';

test('a service that is starting is told to stop when it has started, since it takes no orders before', async () => {
  const seen: number[] = [states.starting, states.starting, states.running];
  const told: number[] = [];
  let state: number = states.starting;
  const clock = {
    ...{ now: systemClock.now, monotonic: systemClock.monotonic, after: systemClock.after },
    sleep: async () => {
      state = seen.shift() ?? states.stopped;
    },
  };
  await stopService(clock, {
    status: () => ({ state, processId: null }),
    tell: () => void told.push(state),
  });
  expect([told, state]).toEqual([[states.running], states.stopped]);
});
