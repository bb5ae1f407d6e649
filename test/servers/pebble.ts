import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { reachable, startProgram, withFreePorts } from './program.ts';
import { makeTlsMaterial } from './tls-material.ts';

interface PebbleOptions {
  /** Port at which http-01 is asked for, at the address the name resolves to. Default: a free one. */
  httpPort?: number;
  /** Demand external account binding; see `Pebble.eab`. */
  eab?: boolean;
  /** Bindings that it knows beside that one: key ID → HMAC key. */
  moreBindings?: Record<string, string>;
  /** Per cent of good nonces refused. Default 0. */
  nonceReject?: number;
  /** Per cent of valid authorizations used again. Default 0. */
  authzReuse?: number;
  /** `host:port` of a DNS server. Default: an own pebble-challtestsrv that answers 127.0.0.1 for every name. */
  dnsServer?: string;
  /** Every challenge passes without being looked at. */
  alwaysValid?: boolean;
  /** Wait up to this many seconds before looking at a challenge. Default: no wait. */
  sleepSeconds?: number;
  /** Intermediates in the chain. Default 1. */
  chainLength?: number;
  /** Chains that it offers beside the usual one, each to a root of its own. Default 0. */
  alternateRoots?: number;
  /** Lifetime of the certificates it issues. Default: pebble's own (five years). */
  validitySeconds?: number;
  strict?: boolean;
}

export interface Pebble {
  directoryUrl: string;
  /** Root of the TLS of its API (and the same in a file). */
  rootPem: string;
  rootFile: string;
  /** Root of the certificates it issues; another one at every start. */
  issuerRootPem(alternate?: number): Promise<string>;
  /** What it says of a certificate that it issued: `Valid` or `Revoked`, with the number of the reason, null for none. */
  statusOf(serial: string): Promise<{ status: string; reason: number | null }>;
  httpPort: number;
  /** Port at which tls-alpn-01 is asked for. */
  tlsPort: number;
  eab: { keyId: string; hmacKey: string };
  /** DNS it asks; `managementUrl` is null with a `dnsServer` of the caller's. */
  dns: { server: string; managementUrl: string | null };
  output(): string;
  stop(): Promise<void>;
  /** What it was started with beyond PATH. */
  env: Record<string, string>;
}

const eab = { keyId: 'kid-1', hmacKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' };

/** Starts Debian's pebble with its own TLS, ports and (unless given) DNS. Gone after `stop`. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-pebble-'));
  const tls = await makeTlsMaterial(directory);
  const dns = options.dnsServer === undefined ? await startDns() : null;
  const dnsServer = options.dnsServer ?? dns?.server ?? '';
  const env = environment(options);
  const httpPort = options.httpPort ?? (await freePort());
  const tlsPort = await freePort();
  const clear = async () => {
    await dns?.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const running = await withFreePorts(async () => {
      const port = await freePort();
      const managementPort = await freePort();
      const config = {
        pebble: {
          listenAddress: `127.0.0.1:${port}`,
          managementListenAddress: `127.0.0.1:${managementPort}`,
          certificate: tls.certificateFile,
          privateKey: tls.keyFile,
          httpPort,
          tlsPort,
          ocspResponderURL: '',
          ...validity(options),
          ...bindings(options),
        },
      };
      await writeFile(join(directory, 'config.json'), JSON.stringify(config));
      const args = ['-config', join(directory, 'config.json'), '-dnsserver', dnsServer];
      const child = startProgram('pebble', options.strict ? [...args, '-strict'] : args, env);
      await child.until(() => reachable(port));
      await child.until(() => reachable(managementPort));
      return { child, port, managementPort };
    });
    const { child, port, managementPort } = running;
    return {
      directoryUrl: `https://127.0.0.1:${port}/dir`,
      rootPem: tls.rootPem,
      rootFile: tls.rootFile,
      issuerRootPem: (alternate = 0) =>
        fetchText(`https://127.0.0.1:${managementPort}/roots/${alternate}`, tls.rootPem),
      statusOf: (serial) => statusOf(managementPort, tls.rootPem, serial),
      httpPort,
      tlsPort,
      eab,
      dns: { server: dnsServer, managementUrl: dns?.managementUrl ?? null },
      output: child.output,
      stop: async () => {
        await child.stop();
        await clear();
      },
      env,
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function statusOf(managementPort: number, rootPem: string, serial: string) {
  const path = `cert-status-by-serial/${serial.replace(/^0+/, '')}`;
  const said = JSON.parse(await fetchText(`https://127.0.0.1:${managementPort}/${path}`, rootPem));
  return { status: said.Status as string, reason: (said.Reason as number | undefined) ?? null };
}

function validity({ validitySeconds }: PebbleOptions) {
  return validitySeconds === undefined ? {} : { certificateValidityPeriod: validitySeconds };
}

function bindings({ eab: required = false, moreBindings }: PebbleOptions) {
  const externalAccountMACKeys = { [eab.keyId]: eab.hmacKey, ...moreBindings };
  return { externalAccountBindingRequired: required, ...(required ? { externalAccountMACKeys } : {}) };
}

function environment(options: PebbleOptions): Record<string, string> {
  return {
    PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 0),
    PEBBLE_AUTHZREUSE: String(options.authzReuse ?? 0),
    PEBBLE_CHAIN_LENGTH: String(options.chainLength ?? 1),
    PEBBLE_ALTERNATE_ROOTS: String(options.alternateRoots ?? 0),
    ...(options.sleepSeconds === undefined
      ? { PEBBLE_VA_NOSLEEP: '1' }
      : { PEBBLE_VA_SLEEPTIME: String(options.sleepSeconds) }),
    ...(options.alwaysValid ? { PEBBLE_VA_ALWAYS_VALID: '1' } : {}),
  };
}

/** pebble-challtestsrv as a DNS server alone: A 127.0.0.1 for all, TXT as told over its management address. */
async function startDns(): Promise<{ server: string; managementUrl: string; stop(): Promise<void> }> {
  return withFreePorts(async () => {
    const port = await freePort();
    const managementPort = await freePort();
    const child = startProgram(
      'pebble-challtestsrv',
      [
        ...['-dns01', `127.0.0.1:${port}`, '-management', `127.0.0.1:${managementPort}`],
        ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''],
      ],
      {},
    );
    await child.until(() => reachable(managementPort));
    await child.until(() => reachable(port));
    return {
      server: `127.0.0.1:${port}`,
      managementUrl: `http://127.0.0.1:${managementPort}`,
      stop: child.stop,
    };
  });
}

function fetchText(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
