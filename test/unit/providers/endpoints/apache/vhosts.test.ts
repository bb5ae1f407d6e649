import { expect, it } from 'vitest';
import type { Configuration } from '../../../../../electron/providers/endpoints/apache/commands.ts';
import { evaluate } from '../../../../../electron/providers/endpoints/apache/evaluate.ts';
import { virtualHostsOf } from '../../../../../electron/providers/endpoints/apache/vhosts.ts';

const path = '/etc/a.conf';
const listed = (line: number) => ({ host: '*', port: 443, file: path, line });

/** Whether each virtual host of this text may be changed, where Apache lists those that begin on these lines. */
async function uncertain(text: string, lines: readonly number[], whole = true): Promise<boolean[]> {
  const main = { path, line: null, files: [] };
  const around = { modules: new Set(['ssl_module']), version: '2.4.62', defines: [], serverRoot: '/etc' };
  const tree = evaluate(main, { ...around, content: () => Buffer.from(text) });
  const configuration: Configuration = {
    ...{ main, tree, listed: lines.map(listed), printed: false, whole, serverRoot: '/etc', files: [path] },
    ...{ pidPath: null, errorLogPath: null, defines: new Map() },
  };
  return (await virtualHostsOf(configuration, (one) => one)).map((host) => host.uncertain);
}

const host = '<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n';

it('are uncertain where one of them, a file or what they inherit is not known', async () => {
  expect(await uncertain(host + host, [1, 4])).toEqual([false, false]);
  expect(await uncertain(host + host, [1, 4, 7])).toEqual([true, true]);
  expect(await uncertain(host, [1], false)).toEqual([true]);
  const chain = '<IfFile /x>\nSSLCertificateChainFile /y\n</IfFile>\n';
  expect(await uncertain(host + chain, [1])).toEqual([true]);
  expect(await uncertain(host + chain.replace('SSLCertificateChainFile', 'Alias /z'), [1])).toEqual([false]);
});
