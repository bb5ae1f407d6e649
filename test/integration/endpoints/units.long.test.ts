import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { type Answer, type BootedMachine, bootMachine, canBoot } from '#test/servers/booted-systemd.ts';
import { installProgram, programWords } from '#test/servers/installed-program.ts';
import {
  anything,
  apachePort,
  haveInstalledServers,
  known,
  pairPath,
  tomcatPorts,
  writeServers,
} from '#test/servers/installed-servers.ts';

// Restarts by what a distribution starts servers with: units in a machine that systemd started, scripts where there is none.
const possible = process.getuid?.() === 0 && haveInstalledServers() && (await canBoot());

type World = 'systemd' | 'scripts';

interface Case {
  server: keyof typeof pairPath;
  port: number;
  world: World;
  /** Behind `tls add`. */
  options: string;
  /** That the plan shows. */
  command: string;
  /** Ends with 0 while the server runs as it was started. */
  isUp: string;
}

const cases: Case[] = [
  {
    ...{ server: 'apache', port: apachePort, world: 'systemd' },
    options: 'apache',
    command: 'systemctl reload apache2.service',
    isUp: 'systemctl is-active apache2',
  },
  {
    ...{ server: 'tomcat10', port: tomcatPorts.tomcat10, world: 'systemd' },
    options: 'tomcat --tomcat_dir /var/lib/tomcat10',
    command: 'systemctl restart tomcat10.service',
    isUp: 'systemctl is-active tomcat10',
  },
  {
    ...{ server: 'apache', port: apachePort, world: 'scripts' },
    options: 'apache',
    command: 'apache2ctl -k graceful',
    isUp: '/etc/init.d/apache2 status',
  },
  {
    ...{ server: 'app', port: tomcatPorts.app, world: 'scripts' },
    options: 'tomcat --tomcat_dir /srv/app --service app',
    command: 'service app restart',
    isUp: '/etc/init.d/app status',
  },
];

describe.skipIf(!possible)('a server that its distribution starts', () => {
  let machine: BootedMachine;
  /** First process of the name spaces without systemd. */
  let first: string;

  const sh = async (world: World, line: string): Promise<Answer> =>
    machine.run([
      ...(world === 'systemd' ? [] : ['nsenter', `--target=${first}`, '--mount', '--pid']),
      ...['sh', '-c', line],
    ]);
  const well = async (world: World, line: string): Promise<string> => {
    const { code, stdout, stderr } = await sh(world, line);
    if (code !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
    return stdout;
  };
  const trustkeep = (world: World, line: string): string =>
    `${programWords.join(' ')} ${line} --data-directory /srv/agent-${world}`;
  const isUp = (world: World, line: string) =>
    well(world, `for try in $(seq 100); do ${line} >/dev/null 2>&1 && exit; sleep 0.1; done; ${line}`);

  async function startAgent(world: World): Promise<void> {
    await well(world, `${trustkeep(world, 'run')} > /srv/agent-${world}.log 2>&1 &`);
    await isUp(world, trustkeep(world, 'secrets state'));
    await well(world, trustkeep(world, 'secrets choose key-file'));
  }

  /** Name spaces of their own in which no systemd is to be found, and none started the first process. */
  async function leaveSystemd(): Promise<void> {
    const stay =
      'mount -t tmpfs none /run/systemd; mount -t tmpfs none /run/lock; touch /run/lock/apart; while :; do sleep 60; done';
    const apart = ['unshare', '--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c', stay];
    await machine.run(['systemd-run', '--unit=apart', ...apart]);
    const main = await well('systemd', 'systemctl show --property=MainPID --value apart');
    const child = `cat /proc/${main.trim()}/task/*/children`;
    await isUp('systemd', `[ -e "/proc/$(${child} | tr -d ' ')/root/run/lock/apart" ]`);
    first = (await well('systemd', child)).trim();
  }

  beforeAll(async () => {
    const ca = makeCa();
    const leaf = (name: string) => makeLeaf(ca, { names: [name], intermediate: true });
    machine = await bootMachine(async (root) => {
      await installProgram(root);
      writeServers(root, { shop: leaf('shop.example'), blog: leaf('blog.example') });
    });
    await startAgent('systemd');
    await leaveSystemd();
    await startAgent('scripts');
  });
  afterAll(() => machine?.stop());

  /** What is shown for a name: the end of its certificate's issuer, and its fingerprint. */
  async function shown(port: number, name: string): Promise<{ issuer: string; fingerprint: string }> {
    const ask = `openssl s_client -connect 127.0.0.1:${port} -servername ${name}.example </dev/null 2>/dev/null`;
    const text = await well('systemd', `${ask} | openssl x509 -noout -issuer -fingerprint -sha256`);
    const [issuer = '', fingerprint = ''] = text.split('\n');
    return { issuer, fingerprint };
  }
  const contents = (server: keyof typeof pairPath): string[] =>
    (['crt', 'key'] as const).map((what) =>
      readFileSync(join(machine.root, pairPath[server]('shop', what)), 'utf8'),
    );

  describe.each(cases)('$server, by $world', ({ server, port, world, options, command, isUp: up }) => {
    const node = `${server}/shop.example`;

    test('serves a new certificate after it was restarted as planned, and runs as before', async () => {
      if (world === 'scripts' && server === 'apache') await well('systemd', 'systemctl stop apache2');
      if (world === 'scripts') await well(world, `/etc/init.d/${server.replace(/e$/, 'e2')} start`);
      await isUp('systemd', `openssl s_client -connect 127.0.0.1:${port} </dev/null`);
      const blog = await shown(port, 'blog');
      await well(world, trustkeep(world, `tls add ${options} --name ${server} --auto_approve`));
      await well(world, trustkeep(world, `tls discover ${server} --wait`));
      const plan = await well(world, trustkeep(world, `certificates request ${node} --dry-run`));
      expect(plan).toContain(command);
      const told = await well(world, trustkeep(world, `certificates request ${node} --wait`));
      expect(told).toContain('prove');
      expect((await shown(port, 'shop')).issuer).toContain('Trustkeep');
      expect(await shown(port, 'blog')).toEqual(blog);
      await well(world, up);
    });

    test('that does not come up with it is restored, started again, and that is proved', async () => {
      const before = [await shown(port, 'shop'), await shown(port, 'blog'), contents(server)];
      await well(world, known(pairPath[server]('shop', 'crt'), pairPath[server]('shop', 'key')));
      const { code, stdout, stderr } = await sh(world, trustkeep(world, `certificates renew ${node} --wait`));
      await well(world, anything);
      expect(code, stdout + stderr).toBe(6);

      expect([await shown(port, 'shop'), await shown(port, 'blog'), contents(server)]).toEqual(before);
      await well(world, up);
    });
  });
});
