import { type Clock, systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import { makeProxyMemory } from '../../electron/net/proxy/memory.ts';
import type { ProxyTools } from '../../electron/net/proxy/tools.ts';
import { Secret } from '../../electron/secrets/secret.ts';

export interface TestLogin {
  user: string;
  domain?: string;
  password: string;
}

/** What a way through a proxy needs, with everything it says and every secret it was given kept for a look. */
export function makeProxyTools(login: TestLogin | null, clock: Clock = systemClock) {
  const steps: ProbeCheck[] = [];
  const log: string[] = [];
  const secrets: Secret[] = [];
  let current = login;
  const tools: ProxyTools = {
    login() {
      if (current === null) return null;
      const password = Secret.of(current.password);
      secrets.push(password);
      return { user: current.user, domain: current.domain ?? null, password };
    },
    memory: makeProxyMemory(clock),
    clock,
    log: makeLog((line) => log.push(line), 'debug', clock.now),
    userAgent: 'Trustkeep/test',
    connectTimeoutMs: 15_000,
    note: (step) => steps.push(step),
  };
  return {
    tools,
    steps,
    log,
    /** Names of the steps, `!` before a "no". */
    names: () => steps.map(({ name, ok }) => (ok ? name : `!${name}`)),
    /** How many passwords are still open. */
    open: () => secrets.filter((secret) => isOpen(secret)).length,
    setLogin(next: TestLogin | null) {
      current = next;
    },
  };
}

function isOpen(secret: Secret): boolean {
  try {
    return secret.bytes().length >= 0;
  } catch {
    return false;
  }
}
