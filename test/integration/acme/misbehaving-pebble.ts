import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { makeTestOrder } from '../../make/acme.ts';
import { type Misbehave, startMisbehaving } from '../../servers/acme-misbehaving.ts';
import { type Pebble, startPebble } from '../../servers/pebble.ts';
import { canRunPebble } from './with-pebble.ts';

type Front = Awaited<ReturnType<typeof startMisbehaving>>;
type TestOrder = Awaited<ReturnType<typeof makeTestOrder>>;
type Authority = import('../../../electron/providers/authorities/authority.ts').Authority;

/** The one behind it. */
export let pebble: Pebble;
/** Pebble behind a server that does as it is told; a new one for each test. */
export let front: Front;

/** One Pebble for the tests of a file, and for each test a new server in front of it. */
export function preparePebbleBehind(options: Parameters<typeof startPebble>[0] = {}): void {
  beforeAll(async () => {
    if (canRunPebble) pebble = await startPebble({ alwaysValid: true, ...options });
  });
  afterAll(() => pebble?.stop());
  beforeEach(async () => {
    front = await startMisbehaving(pebble);
  });
  afterEach(() => front.stop());
}

/** The first `times` requests for `asked` meet with `mischief`, counted from now. */
export function first(
  times: number,
  asked: Parameters<Misbehave>[0]['asked'],
  mischief: NonNullable<ReturnType<Misbehave>>,
): Misbehave {
  let left = times;
  return (passing) => (passing.asked === asked && left-- > 0 ? mischief : null);
}

/** Places and polls without the waits it is told, up to `most` times; every wait is noted. */
export async function hurried(authority: Authority, order: TestOrder, most = 60) {
  await authority.submit(order.request, order.known(), order.tools);
  const waits: number[] = [];
  for (;;) {
    const status = await authority.poll(order.known(), order.request, order.tools);
    if (status.state !== 'pending' || waits.length === most) return { status, waits };
    waits.push(status.afterMs);
    await systemClock.sleep(Math.min(status.afterMs, 20));
  }
}
