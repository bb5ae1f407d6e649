import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { approve } from './site.ts';

const ca = makeCa({ commonName: 'Somebody else' });
const leaf = (name: string, key?: 'rsa') =>
  makeLeaf(ca, { names: [name], ...(key === undefined ? {} : { keyType: 'rsa-2048' as const }) });
const shop = leaf('shop.example');
const [blog, blogRsa, later] = [leaf('blog.example'), leaf('blog.example', 'rsa'), leaf('blog.example')];

/** The shop, a blog with a certificate of each kind, and a plain listener. */
const servers = `
  server { listen 127.0.0.1:{port} ssl; server_name shop.example;
    ssl_certificate tls/shop.crt; ssl_certificate_key tls/shop.key; }
  server { listen 127.0.0.1:{port} ssl; server_name blog.example;
    ssl_certificate tls/blog.crt; ssl_certificate_key tls/blog.key;
    ssl_certificate tls/blog-rsa.crt; ssl_certificate_key tls/blog-rsa.key; }
  server { listen 127.0.0.1:{port2}; server_name plain.example; }
`;

/**
 * nginx fills the name into the path at each handshake, so nothing in the configuration tells that the blog reads the
 * shop's files.
 */
const filledIn = `
  server { listen 127.0.0.1:{port} ssl; server_name shop.example;
    ssl_certificate tls/blog.example.crt; ssl_certificate_key tls/blog.example.key; }
  server { listen 127.0.0.1:{port2} ssl; server_name blog.example;
    ssl_certificate {dir}/tls/$ssl_server_name.crt; ssl_certificate_key {dir}/tls/$ssl_server_name.key; }
`;

let data: ReturnType<typeof tempDirectory>;
let agent: TestAgent;
let nginx: RunningNginx;

async function start(http: string, files: Record<string, string>): Promise<void> {
  nginx = await startNginx({ http, files });
  agent = await startAgent({ dataDirectory: data.path });
  const added = await agent.call.endpoints.add({
    ...{ type: 'nginx', name: 'web1', nginx_config_path: nginx.configPath },
  });
  if (added.taskId !== null) await agent.until(added.taskId);
}

async function requestForShop(meanwhile = () => {}) {
  const node = (await agent.call.nodes.list({ endpoint: 'web1' })).find(
    ({ name }) => name === 'shop.example',
  );
  const { taskId } = await agent.call.certificates.request({ node: node?.id ?? '' });
  await agent.until(taskId, ['waiting', 'failed']);
  meanwhile();
  const plan = await approve(agent, taskId);
  const task = await agent.until(taskId);
  return { plan, task, prove: task.steps.find(({ name }) => name === 'prove')?.sentence ?? '' };
}

const blogShows = async (keyAlgorithm?: 'rsa' | 'ecdsa', port = nginx.ports[0] ?? 0) => {
  const kind = keyAlgorithm === undefined ? {} : { keyAlgorithm };
  const answer = await probeTls({ address: '127.0.0.1', port, serverName: 'blog.example', ...kind });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.sentence;
};

describe.skipIf(!have('nginx'))('what else the server does', () => {
  beforeEach(() => {
    data = tempDirectory('neighbours');
  });
  afterEach(async () => {
    await agent.close();
    await nginx.stop();
    data.remove();
  });

  const pairs = {
    ...{ 'tls/shop.crt': shop.chainPem, 'tls/shop.key': shop.keyPem },
    ...{ 'tls/blog.crt': blog.chainPem, 'tls/blog.key': blog.keyPem },
    ...{ 'tls/blog-rsa.crt': blogRsa.chainPem, 'tls/blog-rsa.key': blogRsa.keyPem },
  };

  test('is compared before and after: each certificate of a pair, and every listener', async () => {
    await start(servers, pairs);
    const { plan, task, prove } = await requestForShop();
    expect(plan.install.neighbours).toMatchObject([
      { serverName: 'blog.example', keyAlgorithm: 'ecdsa', expects: 'as-before' },
      { serverName: 'blog.example', keyAlgorithm: 'rsa', expects: 'as-before' },
    ]);
    expect(plan.install.listeners).toEqual(
      nginx.ports.slice(0, 2).map((port) => ({ address: '127.0.0.1', port })),
    );
    expect(task.state, JSON.stringify(task.failure)).toBe('succeeded');
    expect(prove).toContain('Beside it: 1 other name still served as before, 2 listeners still up.');
    expect([await blogShows('ecdsa'), await blogShows('rsa')]).toEqual([
      blog.facts.fingerprint,
      blogRsa.facts.fingerprint,
    ]);
  });

  test('a change that the plan did not announce is a failure, put back and proved', async () => {
    await start(filledIn, {
      ...{ 'tls/blog.example.crt': blog.chainPem, 'tls/blog.example.key': blog.keyPem },
    });
    // the workers open the files at each handshake, and are not root
    for (const name of ['crt', 'key']) chmodSync(join(nginx.dir, `tls/blog.example.${name}`), 0o644);
    const port = nginx.ports[1] ?? 0;
    expect(await blogShows(undefined, port)).toBe(blog.facts.fingerprint);
    const { task } = await requestForShop();
    expect(task).toMatchObject({
      state: 'failed',
      restored: 'proved',
      failure: { code: 'install.neighbour-changed' },
    });
    expect(task.failure?.sentence).toMatch(
      /server blog\.example \(.*\) at 127\.0\.0\.1 port \d+ \(blog\.example\) shows another certificate than before/,
    );
    expect(await blogShows(undefined, port)).toBe(blog.facts.fingerprint);
  });

  test.each([
    ['before the plan', true],
    ['while the plan waits for its approval', false],
  ])('what somebody else put there %s, and only our reload loads, is no failure', async (_when, early) => {
    await start(servers, pairs);
    const renew = () => {
      writeFileSync(join(nginx.dir, 'tls/blog.crt'), later.chainPem);
      writeFileSync(join(nginx.dir, 'tls/blog.key'), later.keyPem);
    };
    if (early) renew();
    expect(await blogShows('ecdsa')).toBe(blog.facts.fingerprint);
    const { task, prove } = await requestForShop(early ? undefined : renew);
    expect(task.state, JSON.stringify(task.failure)).toBe('succeeded');
    expect(prove).toContain('1 other name now served with what was already on disk');
    expect(await blogShows('ecdsa')).toBe(later.facts.fingerprint);
  });

  test.each([
    [
      'a certificate that is no file beside the default one',
      `server { listen 127.0.0.1:{port} ssl; server_name blog.example;
         ssl_certificate {dir}/tls/$ssl_server_name.crt; ssl_certificate_key {dir}/tls/$ssl_server_name.key; }`,
    ],
    [
      'none at another address of the same port',
      `server { listen 127.0.0.2:{port} ssl; server_name other.example;
         ssl_certificate tls/blog.crt; ssl_certificate_key tls/blog.key; }
       server { listen 127.0.0.1:{port} ssl; listen 127.0.0.2:{port} ssl; server_name none.example; }`,
    ],
  ])('is expected to show what nginx shows: %s', async (_what, rest) => {
    const shopAlone = `server { listen 127.0.0.1:{port} ssl; server_name shop.example;
      ssl_certificate tls/shop.crt; ssl_certificate_key tls/shop.key; }`;
    await start(`${shopAlone}${rest}`, {
      ...pairs,
      ...{ 'tls/blog.example.crt': blog.chainPem, 'tls/blog.example.key': blog.keyPem },
    });
    for (const name of ['crt', 'key']) chmodSync(join(nginx.dir, `tls/blog.example.${name}`), 0o644);
    const { task } = await requestForShop();
    expect(task.state, JSON.stringify(task.failure)).toBe('succeeded');
  });
});
