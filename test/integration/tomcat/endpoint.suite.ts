import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, listing, restart, testCa } from '#test/make/endpoints.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { certificateFingerprint } from '../../../electron/pki/fingerprint.ts';
import { certificatesOf } from '../../../electron/pki/pem.ts';
import type { TomcatMajor } from '../../../scripts/find-tomcat.ts';
import {
  connector,
  endpointOf,
  files,
  host,
  installAndRestart,
  leafAt,
  leafFor,
  managed,
  pem,
  planFor,
  shown,
} from './real-tomcat.ts';
import { partXml } from './shapes.ts';

const leaves = {
  a: leafFor('a.example', 'www.a.example'),
  b: leafFor('b.example', 'other.example'),
  rsa: makeLeaf(testCa, { names: ['c.example'], intermediate: true, keyType: 'rsa-2048' }),
  ec: leafFor('c.example'),
  d: leafFor('d.example'),
};

/** What this type of endpoint does with a real Tomcat of a version. */
export function endpointSuite(major: TomcatMajor): void {
  describe.skipIf(!haveTomcat(major) || process.getuid?.() !== 0)(`a real Tomcat ${major}`, () => {
    let server: RunningTomcat;
    beforeAll(async () => {
      server = await startTomcat({
        major,
        roles: 'manager-script',
        doctype: '<!DOCTYPE Server [<!ENTITY part SYSTEM "part.xml">]>\n',
        files: {
          ...files(leaves),
          'conf/part.xml': partXml('{port5}'),
          // what the certificate file has too
          'conf/chain.pem': leaves.d.chainPem.slice(leaves.d.certPem.length),
        },
        connectors: [
          connector('{port2}', [host('_default_', pem('a')), host('b.example', pem('b'))].join('\n')),
          connector('{port6}', host('_default_', pem('d', 'certificateChainFile="conf/chain.pem"'))),
          connector('{port3}', host('_default_', pem('ec', 'type="EC"') + pem('rsa', 'type="RSA"'))),
          '    <Connector port="{port4}" address="127.0.0.1" SSLEnabled="true"/>',
          '    &part;',
        ].join('\n'),
      });
    });
    afterAll(() => server?.stop());
    const port = (number: number): number => server.ports[number - 1] ?? 0;

    it('says that all is well, and by what it is made to serve a change', async () => {
      const report = await endpointOf(server, managed(server)).probe();
      expect(report).toMatchObject({
        ok: true,
        version: expect.stringMatching(`^Apache Tomcat/${major}\\.`),
      });
      const sentence = (name: string) => report.checks.find((one) => one.name === name)?.sentence;
      expect(sentence('configuration')).toEqual(
        expect.stringMatching(/server\.xml of Tomcat [0-9.]+ has 5 TLS connectors with 6 certificates\.$/),
      );
      expect(sentence('running')).toContain('sslReload');
      expect(sentence('manager')).toContain('lets deploy in by its text interface');
    });

    it('lists a connector without TLS, and the directory of its web application', async () => {
      await mkdir(join(server.dir, 'webapps/ROOT'), { recursive: true });
      const nodes = await endpointOf(server).nodes();
      expect(nodes.find(({ protocol }) => protocol === 'http')).toMatchObject({
        key: `http 127.0.0.1:${port(1)}`,
        bindings: [{ address: '127.0.0.1', port: port(1) }],
        notInstallable: expect.stringContaining('has no TLS'),
      });
      expect(new Set(nodes.map(({ webRoot }) => webRoot))).toEqual(
        new Set([join(server.dir, 'webapps/ROOT')]),
      );
    });

    it('has the manager reload a new certificate, without a restart, and nothing else changes', async () => {
      const endpoint = endpointOf(server, managed(server));
      const plan = await planFor(endpoint, `127.0.0.1:${port(2)}`);
      expect(changesOf(plan.changes, 'command').map(({ argv }) => argv)).toEqual([['curl', '-q', '-K', '-']]);
      const [pid, before] = [await server.pid(), await listing(server.dir)];
      const fresh = leafFor('a.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await leafAt(port(2), 'b.example')).toBe(leaves.b.facts.fingerprint);
      expect(await server.pid()).toBe(pid);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await shown(plan)).toEqual([leaves.a.facts.fingerprint]);
      expect(await listing(server.dir)).toEqual(before);
    });

    it('makes no plan where the manager is not there, or does not let its user in', async () => {
      const planAs = (more: object) =>
        planFor(endpointOf(server, { ...managed(server), ...more }), `127.0.0.1:${port(2)}`);
      await expect(planAs({ managerUser: 'nobody' })).rejects.toMatchObject({
        code: 'endpoint.restart-failed',
        message: expect.stringContaining('rejected the user nobody or the password'),
      });
      await expect(planAs({ managerUrl: 'http://127.0.0.1:1/manager' })).rejects.toMatchObject({
        message: expect.stringContaining('did not answer'),
      });
    });

    it('has the whole new chain sent once where a chain file is beside a whole chain', async () => {
      const endpoint = endpointOf(server, managed(server));
      const plan = await planFor(endpoint, `127.0.0.1:${port(6)}`);
      expect(plan.warnings.join(' ')).toContain('which Tomcat sends twice');
      expect(changesOf(plan.changes, 'file').map(({ path }) => path.replace(/^.*\//, ''))).toEqual([
        'd.key',
        'chain.pem',
        'd.crt',
      ]);
      const fresh = leafFor('d.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      const chain = certificatesOf(fresh.chainPem).map((one) => certificateFingerprint(one));
      const answer = await probeTls({ address: '127.0.0.1', port: port(6), serverName: null });
      expect(answer).toMatchObject({ kind: 'certificate', chainFingerprints: chain });
      expect(chain).toHaveLength(2);
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
    });

    it('replaces one of two certificates of a host, each proved by its kind of key', async () => {
      const endpoint = endpointOf(server, managed(server));
      const plan = await planFor(endpoint, `127.0.0.1:${port(3)} (RSA)`);
      expect(plan.onlyKeys?.family).toBe('rsa');
      expect(plan.neighbours).toContainEqual(
        expect.objectContaining({ port: port(3), keyAlgorithm: 'ecdsa', expects: 'as-before' }),
      );
      await expect(endpoint.install(plan, inAgent(leafFor('c.example')))).rejects.toMatchObject({
        code: 'endpoint.key-type-differs',
      });
      const fresh = makeLeaf(testCa, { names: ['c.example'], intermediate: true, keyType: 'rsa-2048' });
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await leafAt(port(3), null, 'rsa')).toBe(fresh.facts.fingerprint);
      expect(await leafAt(port(3), null, 'ecdsa')).toBe(leaves.ec.facts.fingerprint);
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
    });

    it('gives a connector of another file its own certificate, edits that file, and restarts', async () => {
      const endpoint = endpointOf(server, managed(server));
      // its files are those of b.example too
      const plan = await planFor(endpoint, 'b.example');
      expect(plan.shares).toEqual([]);
      const [line] = changesOf(plan.changes, 'configuration-line');
      expect(line).toMatchObject({ path: server.configPath, before: 'certificateFile="conf/b.crt"' });
      const other = await planFor(endpoint, `127.0.0.1:${port(5)}`);
      expect(other.shares).toHaveLength(1);
      expect(changesOf(plan.changes, 'command').map(({ argv }) => argv[1])).toEqual(['-TERM', 'start']);
      expect(plan.warnings.join(' ')).toContain(
        'server.xml is edited, which Tomcat reads only when it starts',
      );
      const [pid, before] = [await server.pid(), await listing(server.dir)];
      const fresh = leafFor('b.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await server.pid()).not.toBe(pid);
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await leafAt(port(5), null)).toBe(leaves.b.facts.fingerprint);
      expect(await leafAt(port(2), null)).toBe(leaves.a.facts.fingerprint);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await shown(plan)).toEqual([leaves.b.facts.fingerprint]);
      expect(await listing(server.dir)).toEqual(before);
    });

    it('brings up a connector that had no certificate', async () => {
      const endpoint = endpointOf(server);
      const plan = await planFor(endpoint, `127.0.0.1:${port(4)}`);
      const fresh = leafFor('new.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await readFile(server.configPath, 'utf8')).toContain(
        '<SSLHostConfig><Certificate certificateFile="/',
      );
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await shown(plan)).toEqual([null]);
      expect(await leafAt(port(2), null)).toBe(leaves.a.facts.fingerprint);
    });

    it('does not believe a reload that leaves a host without a handshake', async () => {
      const endpoint = endpointOf(server, managed(server));
      const key = join(server.dir, 'conf/a.key');
      await writeFile(key, leaves.b.keyPem);
      await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
        code: 'endpoint.restart-failed',
        message: expect.stringContaining(`connector 127.0.0.1:${port(2)} (${server.configPath}:`),
      });
      await writeFile(key, leaves.a.keyPem);
      await restart(endpoint);
      expect(await leafAt(port(2), null)).toBe(leaves.a.facts.fingerprint);
    });

    it.each([
      ['http://127.0.0.1:1/manager', 'deploy', /did not answer/],
      [null, 'somebody', /rejected the user somebody or the password/],
      ['/nothing', 'deploy', /is not there/],
    ])('says what the manager at %s answers to %s', async (url, managerUser, message) => {
      const { managerUrl } = managed(server);
      const at = url === null ? managerUrl : url.startsWith('/') ? `http://127.0.0.1:${port(1)}${url}` : url;
      const endpoint = endpointOf(server, { managerUrl: at ?? null, managerUser });
      await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
        message: expect.stringMatching(message),
      });
      const check = (await endpoint.probe()).checks.find(({ name }) => name === 'manager');
      expect(check).toMatchObject({ ok: false, sentence: expect.stringMatching(message) });
    });

    it('starts a Tomcat that died of a change, and only one that ran before', async () => {
      const endpoint = endpointOf(server);
      const plan = await planFor(endpoint, `127.0.0.1:${port(2)}`);
      const snapshot = await endpoint.snapshot(plan, 't');
      await server.end();
      await endpoint.restore(snapshot);
      await restart(endpoint);
      expect(await shown(plan)).toEqual([leaves.a.facts.fingerprint]);
      await endpoint.discard(snapshot, 't');
      await server.end();
      await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
        code: 'endpoint.not-running',
      });
      await server.start();
    });
  });
}
