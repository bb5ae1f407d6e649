import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { failureFrom, makeCommands } from '#test/make/commands.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
beforeEach(async () => {
  made = await makeCommands();
});
afterEach(() => made.close());

const at = (port: number) =>
  aFoundNode(`shop ${port}`, {
    name: 'shop.example',
    bindings: [{ address: '127.0.0.1', port, configured: `*:${port}`, isDefault: true }],
  });

async function withNodes(name: string, ...ports: number[]): Promise<string[]> {
  const { endpoint } = await made.call.endpoints.add({ type: 'nginx', name });
  made.database.nodes.reconcile(endpoint.id, ports.map(at), 1);
  return made.database.nodes.list(endpoint.id).map(({ id }) => id);
}

const asked = (node: string) => failureFrom(made.call.certificates.request({ node }));

describe('a name that fits several nodes', () => {
  test('is answered with the candidates, and with what tells their endpoints apart', async () => {
    await withNodes('web1', 443);
    await withNodes('web2', 443);
    const failure = await asked('shop.example');
    expect(failure.code).toBe('node.ambiguous');
    expect(failure.message).toMatch(/web1\/shop\.example \(node_.*web2\/shop\.example \(node_/);
    expect(failure.hint).toMatch(/before its name: web1\/shop\.example$/);
  });

  test('is answered with the IDs to choose from when they are of one endpoint, whichever way it was typed', async () => {
    const ids = await withNodes('web1', 8443, 9443);
    for (const typed of ['shop.example', 'web1/shop.example']) {
      const failure = await asked(typed);
      expect(failure.message).toContain(`web1/shop.example (${ids[0]}, *:8443`);
      expect(failure.message).toContain(`web1/shop.example (${ids[1]}, *:9443`);
      expect(failure.hint).toBe(`Use the ID of one of them: ${ids[0]}`);
    }
  });

  test('says how many there are besides, and how to see them', async () => {
    await withNodes('web1', ...Array.from({ length: 12 }, (_, i) => 10_000 + i));
    const failure = await asked('shop.example');
    expect(failure.message).toMatch(/ and 2 more\.$/);
    expect(failure.hint).toMatch(/^Use the ID of one of them: node_\S+\. All of them: trustkeep nodes list$/);
  });
});
