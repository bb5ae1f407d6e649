import { ipText } from '../../../pki/ip.ts';
import type { Resolved } from './properties.ts';
import { childrenOf, type XmlElement } from './xml.ts';

/** What an attribute says of a certificate, whatever it is called where it stands. */
export type Meaning =
  | 'certificateFile'
  | 'keyFile'
  | 'chainFile'
  | 'keyPassword'
  | 'keyPasswordFile'
  | 'storeFile'
  | 'storeType'
  | 'storePassword'
  | 'storePasswordFile'
  | 'storeProvider'
  | 'alias'
  | 'type';

/** On a `Certificate`, and on an `SSLHostConfig` of Tomcat 9. */
const ofCertificate: Readonly<Record<string, Meaning>> = {
  certificateFile: 'certificateFile',
  certificateKeyFile: 'keyFile',
  certificateChainFile: 'chainFile',
  certificateKeyPassword: 'keyPassword',
  certificateKeyPasswordFile: 'keyPasswordFile',
  certificateKeystoreFile: 'storeFile',
  certificateKeystoreType: 'storeType',
  certificateKeystorePassword: 'storePassword',
  certificateKeystorePasswordFile: 'storePasswordFile',
  certificateKeystoreProvider: 'storeProvider',
  certificateKeyAlias: 'alias',
};

/** On a `Connector`, until Tomcat 9. */
const ofConnector: Readonly<Record<string, Meaning>> = {
  SSLCertificateFile: 'certificateFile',
  SSLCertificateKeyFile: 'keyFile',
  SSLCertificateChainFile: 'chainFile',
  SSLPassword: 'keyPassword',
  keyPass: 'keyPassword',
  keystoreFile: 'storeFile',
  keystoreType: 'storeType',
  keystorePass: 'storePassword',
  keystoreProvider: 'storeProvider',
  keyAlias: 'alias',
};

/** One certificate as the configuration names it: PEM files or an entry of a key store. */
export interface TomcatCertificate {
  /** Where its attributes stand; null: it has none, and Tomcat goes by its defaults. */
  holder: XmlElement | null;
  /** The name by which a meaning goes at the holder. */
  attributes: ReadonlyMap<Meaning, string>;
  values: ReadonlyMap<Meaning, Resolved>;
  /** `UNDEFINED`, `RSA`, `EC`, … */
  type: string;
}

/** The certificates that a connector shows to those who ask for one name. */
export interface TomcatHost {
  /** In lower case; `_default_` unless it is named. */
  name: string;
  /** Null: made of the old attributes of its connector. */
  element: XmlElement | null;
  certificates: TomcatCertificate[];
}

/** A connector that is to serve TLS, or one that serves something else. */
export interface TomcatConnector {
  element: XmlElement;
  /** As configured; null: all addresses. */
  address: string | null;
  /** With the offset of its server; null: none, or it cannot be told. */
  port: number | null;
  tls: boolean;
  protocol: string;
  /** The host that those get who send no name, or one that nothing has. */
  defaultHost: string;
  hosts: TomcatHost[];
  /** Why it does not come up; null: nothing shows it. */
  down: string | null;
}

/** Values of attributes, their placeholders resolved. */
export type Read = (value: string) => Resolved;

/** Every connector of a `server.xml` in its order. `major`: 9, 10, 11; null: not known. */
export function connectorsOf(root: XmlElement, major: number | null, read: Read): TomcatConnector[] {
  const offset = Number(textOf(root, 'portOffset', read) ?? 0);
  return childrenOf(root, 'Service').flatMap((service) =>
    childrenOf(service, 'Connector').map((element) => connectorOf(element, offset, major, read)),
  );
}

function connectorOf(element: XmlElement, offset: number, major: number | null, read: Read): TomcatConnector {
  const port = Number(textOf(element, 'port', read) ?? Number.NaN) + (Number.isInteger(offset) ? offset : 0);
  const defaultHost = (textOf(element, 'defaultSSLHostConfigName', read) ?? '_default_').toLowerCase();
  const protocol = textOf(element, 'protocol', read) ?? 'HTTP/1.1';
  const tls = isTrue(textOf(element, 'SSLEnabled', read)) && !/ajp/i.test(protocol);
  const old = certificateAt(element, ofConnector, read);
  const hosts = childrenOf(element, 'SSLHostConfig').map((one) => hostOf(one, read));
  if (tls && (hosts.length === 0 || old.values.size > 0))
    hosts.unshift({ name: defaultHost, element: null, certificates: [old] });
  const connector = {
    element,
    address: addressOf(textOf(element, 'address', read)),
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : null,
    ...{ tls, protocol, defaultHost, hosts },
  };
  return { ...connector, down: tls ? whyDown(connector, major, old) : null };
}

function hostOf(element: XmlElement, read: Read): TomcatHost {
  const name = (textOf(element, 'hostName', read) ?? '_default_').toLowerCase();
  const nested = childrenOf(element, 'Certificate').map((one) => ({
    ...certificateAt(one, ofCertificate, read),
    holder: one,
    type: (textOf(one, 'type', read) ?? 'UNDEFINED').toUpperCase(),
  }));
  const own = certificateAt(element, ofCertificate, read);
  const certificates = own.values.size > 0 || nested.length === 0 ? [own, ...nested] : nested;
  return { name, element, certificates };
}

function certificateAt(
  element: XmlElement,
  meanings: Readonly<Record<string, Meaning>>,
  read: Read,
): TomcatCertificate {
  const attributes = new Map<Meaning, string>();
  const values = new Map<Meaning, Resolved>();
  for (const [name, meaning] of Object.entries(meanings)) {
    const found = element.attributes.get(name);
    if (found === undefined) continue;
    attributes.set(meaning, name);
    values.set(meaning, read(found.value));
  }
  return { holder: values.size > 0 ? element : null, attributes, values, type: 'UNDEFINED' };
}

function whyDown(
  { hosts, defaultHost, protocol }: Omit<TomcatConnector, 'down'>,
  major: number | null,
  old: TomcatCertificate,
): string | null {
  const [first] = old.attributes.values();
  if (major !== null && major > 9 && first !== undefined)
    return `Tomcat ${major} does not know the attribute ${first} on a Connector; since Tomcat 10, certificates are configured in Certificate elements of an SSLHostConfig`;
  const onHost = hosts.flatMap(({ element, certificates }) =>
    certificates.flatMap(({ holder, attributes }) =>
      element !== null && holder === element ? [...attributes.values()] : [],
    ),
  )[0];
  if (major !== null && major > 9 && onHost !== undefined)
    return `Tomcat ${major} does not know the attribute ${onHost} on an SSLHostConfig; since Tomcat 10, certificates are configured in Certificate elements`;
  if (major !== null && major > 9 && /Http11AprProtocol/.test(protocol))
    return `Tomcat ${major} has no ${protocol}`;
  const names = hosts.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    return `it has two SSLHostConfig elements for ${twice}, for which Tomcat refuses its whole configuration`;
  if (!names.includes(defaultHost)) return `it has no SSLHostConfig for its default name ${defaultHost}`;
  return null;
}

/** One spelling of each address, without the brackets that an IPv6 address may have. */
const addressOf = (text: string | null): string | null => (text === null ? null : (ipText(text) ?? text));

const isTrue = (text: string | null): boolean => text?.trim().toLowerCase() === 'true';

/** Null: it is not there, or what it says cannot be told. */
function textOf(element: XmlElement, name: string, read: Read): string | null {
  const value = element.attributes.get(name)?.value;
  return value === undefined ? null : read(value).text;
}
