import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startAgent, tempDirectory } from '#test/make/agent.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test.skipIf(process.platform === 'win32')(
  'Whoever gives up adding an endpoint ends what runs there for it, and nothing is stored',
  async () => {
    const directory = tempDirectory('cancelled');
    const agent = await startAgent({ dataDirectory: join(directory.path, 'data') });
    const program = join(directory.path, 'nginx');
    const started = join(directory.path, 'pid');
    writeFileSync(
      program,
      `#!/bin/sh\necho $$ > ${started}.new && mv ${started}.new ${started}\nexec sleep 300\n`,
      {
        mode: 0o755,
      },
    );
    try {
      const begun: string[] = [];
      agent.agent.events.on(
        (event) => event.type === 'probing' && begun.push(`${event.name}: ${event.check}`),
      );
      const giveUp = new AbortController();
      const input = { type: 'nginx' as const, name: 'large', nginx_path: program };
      const added = agent.call.endpoints.add(input, { signal: giveUp.signal });
      added.catch(() => {});
      await vi.waitFor(() => expect(existsSync(started)).toBe(true), 20_000);
      expect(begun).toEqual(['large: connect', 'large: program']);
      const pid = Number(readFileSync(started, 'utf8'));
      expect(isAlive(pid)).toBe(true);
      giveUp.abort();
      await expect(added).rejects.toMatchObject({ data: { code: 'call.cancelled' } });
      await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
      expect(agent.database.endpoints.list()).toEqual([]);
      expect(agent.database.audit.list(undefined, 1)).toMatchObject([
        { action: 'endpoints.add', outcome: 'refused', sentence: expect.stringContaining('was cancelled') },
      ]);
    } finally {
      await agent.close();
      directory.remove();
    }
  },
);
