import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '#kit/exec.ts';
import { makeDns } from '../../electron/net/dns.ts';
import { have } from './available.ts';
import { freePort } from './free-port.ts';

/** Where the resolver and the two name servers listen, all at the same port. At the last nobody does. */
const resolver = '127.0.0.1';
export const [ns1, ns2, nobody] = ['127.0.0.2', '127.0.0.3', '127.0.0.4'] as const;

export const canRunNameServers = have('knotd') && have('knsupdate') && have('named');

export interface NameServers {
  /** `address:port` of the resolver. */
  resolver: string;
  /** For `makeDns`: that one as the resolver of this machine. */
  dns: { resolvers: string[]; port: number };
  /** A script for `addScript` or `removeScript` that changes the record at these servers. `instead`: that one of a zone. */
  script(verb: Verb, servers: readonly string[], zone: string, instead?: string): Promise<string>;
  /** Changes a record as that script does. */
  change(verb: Verb, server: string, zone: string, record: string, value: string): Promise<void>;
  stop(): Promise<void>;
}

type Verb = 'add' | 'delete';

interface Zone {
  name: string;
  /** Its own name servers, by address. */
  servers: readonly string[];
  lines?: readonly string[];
}

/**
 * Two Knot servers, each with its own copy of the zones, so that what is changed at one is not at the other; and a BIND
 * that resolves, which asks the first of them and keeps answers for a second. Gone after `stop`.
 */
export async function startNameServers(zones: readonly Zone[]): Promise<NameServers> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-name-servers-'));
  await chmod(directory, 0o755);
  const port = await freePort();
  const children: ChildProcess[] = [];
  let scripts = 0;
  const stop = async () => {
    await Promise.all(children.map(ended));
    await rm(directory, { recursive: true, force: true });
  };
  const update = (verb: Verb, server: string, zone: string, record: string, value: string) =>
    [`server ${server} ${port}`, `zone ${zone}.`, `${verb} ${record}. 1 TXT "${value}"`, 'send'].join('\n');
  try {
    for (const address of [ns1, ns2]) children.push(await startKnot(directory, address, port, zones));
    children.push(await startBind(directory, port, zones));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    resolver: `${resolver}:${port}`,
    dns: { resolvers: [`${resolver}:${port}`], port },
    async script(verb, servers, zone, instead = '$1') {
      const file = join(directory, `script-${scripts++}`);
      const body = servers.map(
        (server) => `knsupdate <<EOF\n${update(verb, server, zone, instead, '$2')}\nEOF`,
      );
      await writeFile(file, ['#!/bin/sh', 'set -e', ...body, ''].join('\n'));
      await chmod(file, 0o755);
      return file;
    },
    async change(...what) {
      const stdin = Buffer.from(`${update(...what)}\n`);
      const { code, stderr } = await exec({ argv: ['knsupdate'], stdin, timeoutMs: 10_000 });
      if (code !== 0) throw new Error(stderr.toString());
    },
    stop,
  };
}

async function startKnot(directory: string, address: string, port: number, zones: readonly Zone[]) {
  const own = join(directory, address);
  await mkdir(own);
  const declared = zones.map(({ name }) => `  - domain: ${name}\n    file: ${own}/${name}\n    acl: local`);
  for (const zone of zones) await writeFile(join(own, zone.name), zoneFile(zone));
  const lines = [
    'server:',
    ...[`  listen: ${address}@${port}`, `  rundir: ${own}`],
    ...['  udp-workers: 1', '  tcp-workers: 1', '  background-workers: 1'],
    ...['database:', `  storage: ${own}`],
    ...['log:', '  - target: stderr', '    any: info'],
    ...['acl:', '  - id: local', '    address: 127.0.0.0/8', '    action: update'],
    ...['zone:', ...declared, ''],
  ];
  await writeFile(join(own, 'knot.conf'), lines.join('\n'));
  return started(['knotd', '-c', join(own, 'knot.conf')], address, port, zones);
}

async function startBind(directory: string, port: number, zones: readonly Zone[]) {
  const own = join(directory, resolver);
  await mkdir(own);
  const options = [
    ...[`directory "${own}";`, `pid-file "${own}/pid";`, `session-keyfile "${own}/session";`],
    ...[`listen-on port ${port} { ${resolver}; };`, 'listen-on-v6 { none; };', 'recursion yes;'],
    ...['dnssec-validation no;', 'empty-zones-enable no;', 'max-ncache-ttl 1;'],
    ...['forward only;', `forwarders { ${ns1} port ${port}; };`],
  ];
  await writeFile(join(own, 'named.conf'), `options { ${options.join(' ')} };\ncontrols { };\n`);
  return started(['named', '-g', '-n', '1', '-c', join(own, 'named.conf')], resolver, port, zones);
}

/** Waits until it answers for the first of the zones; rejects with what it said when it does not. */
async function started(
  [program = '', ...args]: string[],
  address: string,
  port: number,
  zones: readonly Zone[],
) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  child.once('error', (error) => (output += error.message));
  const { ask } = makeDns({ port });
  for (let tries = 0; tries < 500 && child.exitCode === null; tries++) {
    const answer = await ask('SOA', zones[0]?.name ?? '', address, AbortSignal.timeout(10_000));
    if (answer.answered && answer.values.length > 0) return child;
    await sleep(20);
  }
  await ended(child);
  throw new Error(`${program} did not start: ${output.slice(-800)}`);
}

function zoneFile({ name, servers, lines = [] }: Zone): string {
  const own = servers.flatMap((address, at) => [
    `@ NS ns${at + 1}.${name}.`,
    `ns${at + 1}.${name}. A ${address}`,
  ]);
  return ['$TTL 1', `@ SOA ns1.${name}. admin.${name}. 1 3600 600 86400 1`, ...own, ...lines, ''].join('\n');
}

/** By its own id; waits until it is gone. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return resolve();
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}
