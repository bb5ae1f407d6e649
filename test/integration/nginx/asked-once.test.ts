import { describe, expect, it } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { inAgent, open } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import type { HostExec } from '../../../electron/providers/connections/connection.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import { files, leafFor, pair, planFor, prepareNginx, start } from './real-nginx.ts';

/** This machine, and what it was asked to run. */
class Heard extends LocalConnection {
  readonly heard: string[] = [];

  override exec(request: HostExec) {
    this.heard.push(nameOf(request));
    return super.exec(request);
  }

  /** What was run since it was asked last. */
  taken(): string[] {
    return this.heard.splice(0);
  }
}

/** A script by a word of it that no other has. */
function nameOf({ argv }: HostExec): string {
  const [program = '', , script = ''] = argv;
  if (program !== 'sh') return [program.split('/').at(-1), argv[1]].join(' ');
  const words = ['master process', 'PRIVATE KEY', 'oldbin', 'kill -0', 'told', '-w "$d"', 'acme', 'grep'];
  return words.find((word) => script.includes(word)) ?? 'script';
}

const count = (names: readonly string[], name: string): number => names.filter((one) => one === name).length;

// every program costs as much as the handshakes of a proof, and over SSH a round trip or two
describe.skipIf(!have('nginx') || process.getuid?.() !== 0)('an nginx', () => {
  prepareNginx();

  async function heardSite() {
    const { server } = await start({
      files: files({ a: leafFor('a.example') }),
      servers: [{ listen: ['127.0.0.1:{port} ssl'], names: ['a.example'], certificates: [pair('a')] }],
    });
    const host = new Heard(systemClock);
    const settings = {
      type: 'nginx',
      nginxConfigPath: server.configPath,
      nginxPath: server.program,
    } as const;
    return { host, endpoint: open({ settings }, host) };
  }

  it('is asked once for its configuration and once for its files, by a probe and by a plan', async () => {
    const { host, endpoint } = await heardSite();
    expect((await endpoint.probe()).ok).toBe(true);
    const probed = host.taken();
    const { key } = (await endpoint.nodes())[0] ?? { key: '' };
    host.taken();
    await endpoint.plan(key);
    for (const names of [probed, host.taken()])
      expect([count(names, 'nginx -T'), count(names, 'PRIVATE KEY'), names]).toEqual([1, 1, names]);
  });

  it('is asked nothing that an install need not know', async () => {
    const { host, endpoint } = await heardSite();
    const plan = await planFor(endpoint, 'a.example');
    host.taken();
    await endpoint.checkDrift(plan);
    expect(host.taken()).toEqual(['nginx -T']);
    const snapshot = await endpoint.snapshot(plan, 't');
    await endpoint.checkSnapshot(plan, snapshot, 't');
    expect(host.taken()).toEqual(['oldbin']);
    await endpoint.install(plan, inAgent(leafFor('a.example')));
    expect(host.taken()).toEqual(['nginx -t']);
    await endpoint.powers.restarts?.restart();
    expect(host.taken()).toEqual(['oldbin', 'told']);
  });
});
