import { networkInterfaces } from 'node:os';
import type { ProxyRoute } from '#shared/model/proxy.ts';
import type { ProxyConfig } from '../../electron/net/proxy/config.ts';
import { Secret } from '../../electron/secrets/secret.ts';

interface Login {
  user?: string;
  domain?: string;
  password?: string;
  /** TLS to the proxy. */
  tls?: true;
  socks5?: true;
}

export function noProxy(): ProxyConfig {
  return { settings: { route: { mode: 'none' }, bypass: [] }, password: () => null };
}

export function manualProxy(port: number, login: Login = {}, bypass: string[] = []): ProxyConfig {
  return config(
    {
      mode: 'manual',
      host: '127.0.0.1',
      port,
      ...(login.tls ? { tls: true } : {}),
      ...(login.socks5 ? { socks5: true } : {}),
      ...names(login),
    },
    login,
    bypass,
  );
}

export function pacProxy(pacUrl: string, login: Login = {}, bypass: string[] = []): ProxyConfig {
  return config({ mode: 'pac', pacUrl, ...names(login) }, login, bypass);
}

function names({ user = null, domain = null }: { user?: string | null; domain?: string | null }) {
  return { user, domain };
}

function config(route: ProxyRoute, { password }: Login, bypass: string[]): ProxyConfig {
  return {
    settings: { route, bypass },
    password: () => (password === undefined ? null : Secret.of(password)),
  };
}

/** An address of this machine that is not its loopback; null: it has none. */
export function outerAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null;
}
