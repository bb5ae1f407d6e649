import type { DiscoveredNode } from '#shared/model/node.ts';
import type { OnDisk } from '../common/on-disk.ts';
import type { Configuration } from './configuration.ts';
import type { Meaning, TomcatCertificate, TomcatConnector, TomcatHost } from './connectors.ts';
import { fileOf } from './file-of.ts';
import { configuredAddress, type Places, placesOf } from './places.ts';
import { certificateIn, type FoundStore, isStore } from './stores.ts';
import { lineAt, spanOf } from './xml.ts';

/** The files of a certificate in PEM. */
export interface PemFiles {
  certificate: string;
  key: string;
  chain: string | null;
}

/** A node with what planning needs beside it. */
export interface TomcatNode {
  node: DiscoveredNode;
  connector: TomcatConnector;
  host: TomcatHost;
  certificate: TomcatCertificate;
  /** Null: it is not made of PEM files, or where they are cannot be told. */
  pem: PemFiles | null;
  /** The key store it is in; null: it is in none. */
  store: FoundStore;
  /** One of several certificates of its host. */
  oneOfSeveral: boolean;
  places: Places;
}

/** How what a certificate names is read. */
interface Reading {
  /** What lies at the files of a certificate; null: nothing that can be read. */
  pem: (files: PemFiles) => OnDisk | null;
  stores: ReadonlyMap<TomcatCertificate, FoundStore>;
}

/** One node for each certificate of each host of each TLS connector, and one for each connector without TLS. */
export function nodesOf(
  configuration: Configuration,
  base: string,
  dialAddress: string,
  reading: Reading,
): TomcatNode[] {
  const { connectors } = configuration;
  const seen = new Map<string, number>();
  const unique = (key: string) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key} #${count}`;
  };
  const plain = connectors.filter(
    ({ tls, port, protocol }) => !tls && port !== null && !/ajp/i.test(protocol),
  );
  const withTls = connectors
    .filter(({ tls }) => tls)
    .flatMap((connector) =>
      connector.hosts.flatMap((host) =>
        host.certificates.map((certificate) => {
          const several = host.certificates.length > 1;
          const suffix = several ? ` ${certificate.type.toLowerCase()}` : '';
          const key = unique(`https ${configuredAddress(connector)} ${host.name}${suffix}`);
          const pem = pemFilesOf(certificate, base);
          const store = reading.stores.get(certificate) ?? null;
          const kept = isStore(store) ? certificateIn(store) : null;
          const disk = pem === null ? kept : reading.pem(pem);
          const places = placesOf(connectors, connector, host, dialAddress);
          const parts = { connector, host, certificate, pem, store, oneOfSeveral: several, places };
          return { ...parts, node: nodeFrom(configuration, parts, key, disk) };
        }),
      ),
    );
  return [...withTls, ...plain.map((one) => plainNode(configuration, one, unique, dialAddress))];
}

/** A connector without TLS: seen, and nothing can be installed there. */
function plainNode(
  configuration: Configuration,
  connector: TomcatConnector,
  unique: (key: string) => string,
  dialAddress: string,
): TomcatNode {
  const host: TomcatHost = { name: '_default_', element: null, certificates: [] };
  const certificate = { holder: null, attributes: new Map(), values: new Map(), type: 'UNDEFINED' };
  const { bindings } = placesOf(configuration.connectors, connector, host, dialAddress);
  const places = { bindings, proofs: [], unproved: null };
  const parts = { connector, host, certificate, pem: null, store: null, oneOfSeveral: false, places };
  const node = nodeFrom(configuration, parts, unique(`http ${configuredAddress(connector)}`), null);
  const notInstallable = `This connector has no TLS; add SSLEnabled="true" and an SSLHostConfig to it in ${node.place}, then discover again.`;
  return { ...parts, node: { ...node, protocol: 'http', notInstallable } };
}

function nodeFrom(
  configuration: Configuration,
  parts: Omit<TomcatNode, 'node'>,
  key: string,
  disk: OnDisk | null,
): DiscoveredNode {
  const { connector, host, certificate, pem, places } = parts;
  const isNamed = host.name !== '_default_';
  const suffix = parts.oneOfSeveral ? ` (${certificate.type})` : '';
  return {
    key,
    name: `${isNamed ? host.name : configuredAddress(connector)}${suffix}`,
    alias:
      (isStore(parts.store) ? parts.store.alias : null) ?? (isNamed ? configuredAddress(connector) : null),
    protocol: 'https',
    bindings: places.bindings,
    serverNames: isNamed ? [host.name] : (disk?.facts.names ?? []),
    certificatePath: pem?.certificate ?? parts.store?.path ?? null,
    keyPath: pem?.key ?? parts.store?.path ?? null,
    webRoot: null,
    certificate: disk?.facts ?? null,
    chainPem: disk?.chainPem ?? null,
    notInstallable: whyNot(configuration, parts),
    place: placeOf(configuration, parts),
    managedBy: null,
  };
}

/** `/opt/tomcat/conf/server.xml:85`: the element that holds the certificate, in the file it is in. */
function placeOf(
  { document: { whole }, path }: Configuration,
  { certificate, host, connector }: Omit<TomcatNode, 'node'>,
): string {
  const { start } = certificate.holder ?? host.element ?? connector.element;
  const span = spanOf(whole, start, start + 1);
  return span === null ? path : `${span.source.path}:${lineAt(span.source, span.start)}`;
}

function pemFilesOf({ values }: TomcatCertificate, base: string): PemFiles | null {
  const path = (meaning: Meaning) => {
    const text = values.get(meaning)?.text;
    return typeof text === 'string' && text !== '' ? fileOf(text, base) : null;
  };
  const certificate = path('certificateFile');
  if (certificate === null || values.get('keyFile')?.text === null || values.get('chainFile')?.text === null)
    return null;
  return { certificate, key: path('keyFile') ?? certificate, chain: path('chainFile') };
}

function whyNot(
  { ownSources }: Configuration,
  { connector, certificate, places, host, store }: Omit<TomcatNode, 'node'>,
): string | null {
  if (connector.down !== null) return `This connector does not start: ${connector.down}.`;
  const unknown = [...certificate.values.values()].find(({ text }) => text === null)?.unknown;
  if (unknown !== undefined && unknown !== null)
    return ownSources.length > 0
      ? `The configuration of this certificate uses \${${unknown}}, which ${ownSources.join(', ')} gives a value to; Trustkeep cannot read it.`
      : `The configuration of this certificate uses \${${unknown}}, which neither catalina.properties nor the running Tomcat defines.`;
  const { values, type } = certificate;
  if (values.has('certificateFile') && values.has('storeFile'))
    return 'This certificate names PEM files and a key store, which Tomcat refuses.';
  if (store !== null && !isStore(store)) return store.trouble;
  const same = host.certificates.filter((one) => one.type === type).length > 1;
  if (same)
    return 'This host has several certificates of the same type, so it is not clear which one to replace.';
  if (places.proofs.length === 0)
    return `There is no way to prove that a new certificate is served here. ${places.unproved ?? ''}`.trim();
  return null;
}
