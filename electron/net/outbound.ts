import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Secret } from '../secrets/secret.ts';
import { type Dispatchers, makeDispatchers } from './dispatchers.ts';
import type { ProxyConfig } from './proxy/config.ts';
import { type LogInTurns, makeProxyMemory } from './proxy/memory.ts';
import type { FetchDirectly } from './proxy/pac-file.ts';
import type { ProxyLogin } from './proxy/place.ts';
import { Router } from './proxy/route.ts';
import type { ProxyTools } from './proxy/tools.ts';
import { openTunnel } from './proxy/tunnel.ts';

/** Everything that belongs to one proxy setting: another setting gets another, and nothing kept passes over. */
export interface Outbound {
  router: Router;
  dispatchers: Dispatchers;
  tools(more?: Pick<ProxyTools, 'signal' | 'note' | 'connectTimeoutMs'>): ProxyTools;
  /** Runs `work`; what is kept lives at least as long. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Nothing new begins on it: what is kept ends when the last work is done. */
  retire(): void;
  /** Ends everything at once. */
  destroy(): Promise<void>;
}

export interface OutboundOptions {
  userAgent: string;
  clock: Clock;
  log: Log;
  fetch: FetchDirectly;
  turns: LogInTurns;
}

/** Below the usual time for a whole request, so that another proxy can be tried. */
const tunnelTimeoutMs = 20_000;

export function makeOutbound(config: ProxyConfig | null, options: OutboundOptions): Outbound {
  const { clock, log, userAgent } = options;
  const router = new Router(config, options);
  const memory = makeProxyMemory(clock, options.turns);
  const tools: Outbound['tools'] = (more = {}) => ({
    login: () => loginOf(config),
    memory,
    clock,
    log,
    userAgent,
    connectTimeoutMs: tunnelTimeoutMs,
    ...more,
  });
  const ended = new AbortController();
  const dispatchers = makeDispatchers((way, target) =>
    openTunnel(way.place, target, tools({ signal: ended.signal })),
  );
  let users = 0;
  let retired = false;
  const destroy = async () => {
    ended.abort(new Error('the outbound connection was closed'));
    router.close();
    memory.close();
    await dispatchers.destroy();
  };
  const endWhenUnused = () => {
    if (retired && users === 0) void destroy();
  };
  return {
    router,
    dispatchers,
    tools,
    async during(work) {
      users++;
      try {
        return await work();
      } finally {
        users--;
        endWhenUnused();
      }
    },
    retire() {
      retired = true;
      endWhenUnused();
    },
    destroy,
  };
}

/** Opened at the moment of use; whoever asked wipes it. */
function loginOf(config: ProxyConfig | null): ProxyLogin | null {
  const route = config?.settings.route;
  if (route === undefined || route.mode === 'none' || route.user === null) return null;
  return { user: route.user, domain: route.domain, password: config?.password() ?? Secret.of('') };
}
