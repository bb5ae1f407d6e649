import { Failure } from '#shared/failure.ts';
import type { ProxyRoute } from '#shared/model/proxy.ts';
import { directTrip, needed } from '../world/proxy.ts';
import type { World } from '../world/world.ts';
import { type FakeTools, os } from './procedures.ts';

/** The outbound connection. A setting on trial goes back by itself here too. */
export function proxyRoutes({ world, changed, did }: FakeTools) {
  const trial = new Trial(world, () => changed('proxy'));
  return {
    proxy: {
      get: os.proxy.get.handler(() => world.proxy),
      set: os.proxy.set.handler(async ({ input }) => {
        did('proxy.set', input);
        await new Promise((resolve) => setTimeout(resolve, 60));
        if (input.host === nobody && input.confirm === undefined && input.try_first !== false)
          throw doesNotGetOut();
        const before = world.proxy;
        trial.end();
        world.proxy = {
          route: routeOf(input),
          bypass: input.bypass ?? before.bypass,
          hasPassword: input.password !== undefined || (input.user !== undefined && before.hasPassword),
          revertsAt: input.confirm === undefined ? null : trial.begin(before, input.confirm * 1000),
        };
        changed('proxy');
        return world.proxy;
      }),
      confirm: os.proxy.confirm.handler(() => {
        did('proxy.confirm', {});
        trial.end();
        world.proxy = { ...world.proxy, revertsAt: null };
        changed('proxy');
        return world.proxy;
      }),
      test: os.proxy.test.handler(async ({ input }) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        const trips = input.url === undefined ? world.trips : [directTrip(input.url)];
        return { ok: trips.every((trip) => trip.ok), trips, at: Date.now() };
      }),
    },
  };
}

/** What comes back when nobody keeps what is on trial. */
class Trial {
  readonly #world: World;
  readonly #over: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(world: World, over: () => void) {
    this.#world = world;
    this.#over = over;
  }

  /** Gives when it is over. */
  begin(before: World['proxy'], ms: number): number {
    const world = this.#world;
    this.#timer = setTimeout(() => {
      world.proxy = { ...before, revertsAt: null };
      this.#over();
    }, ms * world.pace);
    return Date.now() + ms * world.pace;
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** A proxy that is not there. */
const nobody = 'wrong.example';

function doesNotGetOut(): Failure {
  const { url, neededBy } = needed.sectigo;
  const reason = `The proxy cannot be reached: The name ${nobody} (asked for ${nobody}:3128) could not be resolved.`;
  return new Failure(
    'proxy.does-not-get-out',
    `The new setting cannot reach ${url} (${neededBy}): ${reason}`,
    {
      hint: 'Nothing was changed. Correct the setting, apply it on trial with --confirm 60, or skip the test with --try_first false.',
    },
  );
}

interface RouteInput {
  host?: string | undefined;
  port?: number | undefined;
  pacurl?: string | undefined;
  user?: string | undefined;
  domain?: string | undefined;
}

function routeOf({ host, port = 3128, pacurl, user, domain }: RouteInput): ProxyRoute {
  const login = { user: user ?? null, domain: domain ?? null };
  if (pacurl !== undefined) return { mode: 'pac', pacUrl: pacurl, ...login };
  return host === undefined ? { mode: 'none' } : { mode: 'manual', host, port, ...login };
}
