import { afterEach, beforeEach } from 'vitest';
import { makeCommands } from '#test/make/commands.ts';

export let made: Awaited<ReturnType<typeof makeCommands>>;

export const nginx = { type: 'nginx' as const, name: 'web1' };
export const ssh = { ...nginx, connection_type: 'ssh', host: 'web1.example', user: 'deploy' };
export const seenKey = `SHA256:${'A'.repeat(43)}`;

/** Every test starts with a new store. */
export function prepareEndpointCommands(): void {
  beforeEach(async () => {
    made = await makeCommands();
  });
  afterEach(() => made.close());
}

/** Begins anew with a keychain that is locked. */
export async function startLocked(): Promise<void> {
  made.close();
  made = await makeCommands({ locked: true });
}
