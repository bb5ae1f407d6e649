import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { ProxyRoute, ProxyTrip } from '#shared/model/proxy.ts';
import { fail } from './fake-failure.ts';
import type { FakeTools } from './fake-stores.ts';

const os = implement(contract);

/** The proxy and the backups of the world in memory. A setting on trial goes back by itself here too. */
export function wayRoutes({ world, changed, did }: FakeTools) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    proxy: {
      get: os.proxy.get.handler(() => world.proxy),
      set: os.proxy.set.handler(async ({ input }) => {
        did('proxy.set', input);
        await new Promise((resolve) => setTimeout(resolve, 60));
        if (input.host === 'wrong.example' && input.confirm === undefined && input.try_first !== false)
          throw fail({
            code: 'proxy.does-not-get-out',
            sentence:
              'The new setting does not reach https://acme.sectigo.com/v2/OV (authority Sectigo): The proxy wrong.example:3128 was not found.',
            hint: 'Nothing was changed. Correct the setting, or apply it on trial.',
            retry: 'needs-person',
          });
        const before = world.proxy;
        clearTimeout(timer);
        world.proxy = {
          route: routeOf(input),
          bypass: input.bypass ?? before.bypass,
          hasPassword: input.password !== undefined || (input.user !== undefined && before.hasPassword),
          revertsAt: input.confirm === undefined ? null : Date.now() + input.confirm * 1000 * world.pace,
        };
        if (input.confirm !== undefined)
          timer = setTimeout(
            () => {
              world.proxy = { ...before, revertsAt: null };
              changed('proxy');
            },
            input.confirm * 1000 * world.pace,
          );
        changed('proxy');
        return world.proxy;
      }),
      confirm: os.proxy.confirm.handler(() => {
        did('proxy.confirm', {});
        clearTimeout(timer);
        world.proxy = { ...world.proxy, revertsAt: null };
        changed('proxy');
        return world.proxy;
      }),
      test: os.proxy.test.handler(async ({ input }) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        const trips = input.url === undefined ? world.trips : [{ ...oneTrip(input.url), neededBy: 'you' }];
        return { ok: trips.every((trip) => trip.ok), trips, at: Date.now() };
      }),
    },
    backups: {
      create: os.backups.create.handler(({ input }) => {
        did('backups.create', input);
        return {
          path: input.path,
          bytes: 1_834_120,
          sentence: `Everything was written to ${input.path}. Keep the passphrase apart from it.`,
        };
      }),
      restore: os.backups.restore.handler(({ input }) => {
        did('backups.restore', input);
        if (input.passphrase !== 'correct horse battery')
          throw fail({
            code: 'backup.wrong-passphrase',
            sentence: `The backup ${input.path} does not open with this passphrase.`,
            hint: 'Type the passphrase it was made with.',
            retry: 'needs-person',
          });
        return {
          madeAt: world.now - 86_400_000,
          sentence: `The backup ${input.path} is intact and replaces the database at the next start of Trustkeep.`,
        };
      }),
    },
  };
}

function routeOf(input: {
  host?: string | undefined;
  port?: number | undefined;
  pacurl?: string | undefined;
  user?: string | undefined;
  domain?: string | undefined;
}): ProxyRoute {
  const login = { user: input.user ?? null, domain: input.domain ?? null };
  if (input.pacurl !== undefined) return { mode: 'pac', pacUrl: input.pacurl, ...login };
  if (input.host === undefined) return { mode: 'none' };
  return { mode: 'manual', host: input.host, port: input.port ?? 3128, ...login };
}

function oneTrip(url: string): ProxyTrip {
  return {
    url,
    neededBy: 'you',
    ok: true,
    way: 'direct',
    steps: [{ name: 'route', ok: true, sentence: 'Direct, since no proxy is set.' }],
    certificate: { subject: 'CN=www.example.org', issuer: 'CN=R11,O=Example', trusted: true },
    interceptedBy: null,
  };
}
