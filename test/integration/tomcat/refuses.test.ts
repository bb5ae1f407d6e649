import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { connector, endpointOf, files, host, leafFor, managed, pem, planFor } from './real-tomcat.ts';

const leaves = { a: leafFor('a.example', 'b.example') };

describe.skipIf(!haveTomcat(10) || process.getuid?.() !== 0)('a Tomcat that is not as it should be', () => {
  let server: RunningTomcat;
  beforeEach(async () => {
    server = await startTomcat({
      start: false,
      files: files(leaves),
      connectors: connector('{port2}', [host('_default_', pem('a')), host('b.example', pem('a'))].join('\n')),
    });
  });
  afterEach(() => server.stop());

  it('says what is wrong with the directory', async () => {
    const at = (dir: string) => endpointOf({ dir }).nodes();
    await expect(at('/no/such/place')).rejects.toMatchObject({
      code: 'endpoint.program-missing',
      message: 'There is no directory /no/such/place on this machine.',
    });
    const empty = join(server.dir, 'webapps');
    await expect(at(empty)).rejects.toMatchObject({
      code: 'endpoint.program-missing',
      message: `${empty} on this machine is not a Tomcat directory: it has no conf/server.xml.`,
    });
    const report = await endpointOf({ dir: empty }).probe();
    expect(report).toMatchObject({ ok: false, version: null });
  });

  it.each([
    ['<Server><Service></Server>', /server\.xml is not XML that can be read: .*line 1: unexpected close tag/],
    ['port=8080', /server\.xml is not XML that can be read/],
    ['<project/>', /server\.xml is not the configuration of a Tomcat: it begins with project/],
    [
      '<!DOCTYPE Server [<!ENTITY x SYSTEM "http://127.0.0.1/x.xml">]><Server>&x;</Server>',
      /includes http:\/\/127\.0\.0\.1\/x\.xml, and only files of the same host are read/,
    ],
    ['<!DOCTYPE Server [<!ENTITY x SYSTEM "none.xml">]><Server>&x;</Server>', /none\.xml/],
  ])('says what is wrong with %s', async (text, message) => {
    await writeFile(server.configPath, text);
    await expect(endpointOf(server).nodes()).rejects.toMatchObject({
      code: expect.stringMatching(/^(endpoint\.configuration-invalid|file\.missing)$/),
      message: expect.stringMatching(message),
    });
    expect((await endpointOf(server).probe()).ok).toBe(false);
  });

  it('names the class that keeps values to itself', async () => {
    const source = 'org.apache.tomcat.util.digester.PROPERTY_SOURCE=com.example.Vault\n';
    await writeFile(join(server.dir, 'conf/catalina.properties'), source);
    const hosts = host(
      '_default_',
      '<Certificate certificateFile="\u0024{vault:crt:-s3cret}" certificateKeyFile="conf/a.key"/>',
    );
    const text = `<Server><Service>${connector('8443', hosts)}</Service></Server>`;
    await writeFile(server.configPath, text);
    const [node] = await endpointOf(server).nodes();
    expect(node?.notInstallable).toContain('\u0024{vault:crt}, which com.example.Vault gives a value to');
  });

  it('does not plan a restart where only the manager may be used, nor where there is no way', async () => {
    const onlyManager = endpointOf(server, { ...managed(server), restartMethod: 'manager' });
    await expect(planFor(onlyManager, 'b.example')).rejects.toMatchObject({
      code: 'endpoint.restart-failed',
      message: expect.stringContaining('the restart method is manager'),
    });
    await expect(planFor(endpointOf(server), 'b.example')).rejects.toMatchObject({
      message: expect.stringContaining('there is no bin/catalina.sh in its CATALINA_HOME'),
    });
    const plan = await planFor(endpointOf(server, { service: 'tomcat10' }), 'b.example');
    expect(changesOf(plan.changes, 'command').map(({ argv }) => argv.join(' '))).toEqual([
      expect.stringMatching(/^(service tomcat10 restart|systemctl restart tomcat10)$/),
    ]);
    expect(plan.warnings).toContain('Tomcat is not running. The install can only succeed while it runs.');
  });

  it('changes the real file where conf is a link, as Debian lays it out', async () => {
    const etc = join(server.dir, 'etc');
    await mkdir(etc);
    await rename(join(server.dir, 'conf'), join(etc, 'tomcat10'));
    await rm(join(server.dir, 'conf'), { recursive: true, force: true });
    await symlink(join(etc, 'tomcat10'), join(server.dir, 'conf'));
    const plan = await planFor(endpointOf(server, { service: 'tomcat10' }), 'b.example');
    const paths = changesOf(plan.changes, 'file').map(({ path }) => path);
    expect(paths).toContain(join(etc, 'tomcat10/server.xml'));
    expect(paths.every((path) => path.startsWith(join(etc, 'tomcat10')))).toBe(true);
    expect(plan.standsOn).toContainEqual({
      ...{ what: 'link', name: server.configPath, leadsTo: join(etc, 'tomcat10/server.xml') },
    });
  });
});
