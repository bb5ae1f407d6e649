import type { TomcatMajor } from '../../../scripts/find-tomcat.ts';
import { connector, host, pem } from './real-tomcat.ts';

/** A way in which people configure certificates. What it really serves, Tomcat itself says. */
export interface Shape {
  /** As people would name it. */
  name: string;
  /** Its connectors; `{p}` is a port of its own. */
  connectors: string;
  /** By the end of the node's key: the name of the leaf that it is about; empty: it has none yet, null: it does not come up as configured. */
  nodes: Record<string, string | null>;
  /** The same where another version answers otherwise. */
  unlike?: Partial<Record<TomcatMajor, Record<string, string | null>>>;
}

/** Where the certificates of the shapes are; `dot` names have no chain in their file. */
export const shapes: readonly Shape[] = [
  {
    name: 'several hosts, with a default that has a name',
    connectors: connector(
      '{p}',
      [host('a.example', pem('a')), host('B.Example', pem('b'))].join('\n'),
      'defaultSSLHostConfigName="a.example"',
    ),
    nodes: { 'a.example': 'a', 'b.example': 'b' },
  },
  {
    name: 'RSA and EC side by side',
    connectors: connector('{p}', host('_default_', pem('a', 'type="EC"') + pem('rsa', 'type="RSA"'))),
    nodes: { '_default_ ec': 'a', '_default_ rsa': 'rsa' },
  },
  {
    name: 'a wildcard beside a name of its own',
    connectors: connector(
      '{p}',
      [
        host('_default_', pem('a')),
        host('*.wild.example', pem('wild')),
        host('b.wild.example', pem('b')),
      ].join('\n'),
    ),
    nodes: { _default_: 'a', '*.wild.example': 'wild', 'b.wild.example': 'b' },
  },
  {
    name: 'leaf, key and chain in a file each',
    connectors: connector('{p}', host('_default_', pem('leafonly', 'certificateChainFile="conf/chain.pem"'))),
    nodes: { _default_: 'leafonly' },
  },
  {
    name: 'placeholders from catalina.properties, the command line and with a default',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        `<Certificate certificateFile="\${tls.dir}/\${tls.name:-none}.crt" certificateKeyFile="\${tls.nothing:-conf}/\${given}.key"/>`,
      ),
    ),
    nodes: { _default_: 'b' },
  },
  {
    name: 'an internal entity in a value',
    connectors: connector(
      '{p}',
      host('_default_', '<Certificate certificateFile="&where;/a.crt" certificateKeyFile="&where;/a.key"/>'),
    ),
    nodes: { _default_: 'a' },
  },
  { name: 'a connector in a file of its own', connectors: '    &part;', nodes: { _default_: 'b' } },
  {
    name: 'certificate and key in one file',
    connectors: connector('{p}', host('_default_', '<Certificate certificateFile="conf/both.pem"/>')),
    nodes: { _default_: 'b' },
  },
  {
    name: 'an encrypted key with its password',
    connectors: connector(
      '{p}',
      host(
        '_default_',
        '<Certificate certificateFile="conf/a.crt" certificateKeyFile="conf/encrypted.key" certificateKeyPassword="&pass;"/>',
      ),
    ),
    nodes: { _default_: 'a' },
  },
  {
    name: 'single quotes, a line for each attribute, comments, upper case',
    connectors: `    <!-- <Connector port="{p}" SSLEnabled="true"><SSLHostConfig/></Connector> -->
    <Connector
      port='{p}'
      address = "127.0.0.1"
      SSLEnabled='TRUE'
    ><!-- > "quoted" ' --><SSLHostConfig
        protocols = 'TLSv1.2+TLSv1.3'><Certificate certificateKeyFile = 'conf/a.key'
          certificateFile='{dir}/conf/a.crt'></Certificate></SSLHostConfig></Connector>`,
    nodes: { _default_: 'a' },
  },
  {
    name: 'the certificate on the SSLHostConfig itself',
    connectors: connector(
      '{p}',
      '<SSLHostConfig certificateFile="conf/a.crt" certificateKeyFile="conf/a.key"/>',
    ),
    nodes: { _default_: null },
    unlike: { 9: { _default_: 'a' } },
  },
  {
    name: 'the old attributes on the connector',
    connectors: `    <Connector port="{p}" address="127.0.0.1" SSLEnabled="true" SSLCertificateFile="conf/a.crt" SSLCertificateKeyFile="conf/a.key"/>`,
    nodes: { _default_: null },
    unlike: { 9: { _default_: 'a' } },
  },
  {
    name: 'a placeholder that nothing defines',
    connectors: connector(
      '{p}',
      host('_default_', `<Certificate certificateFile="\${no.such}/a.crt" certificateKeyFile="conf/a.key"/>`),
    ),
    nodes: { _default_: null },
  },
  {
    name: 'a host for a name and none for the default',
    connectors: connector('{p}', host('a.example', pem('a'))),
    nodes: { 'a.example': null },
  },
  {
    name: 'a TLS connector without any certificate',
    connectors: `    <Connector port="{p}" address="127.0.0.1" SSLEnabled="true"/>`,
    nodes: { _default_: '' },
  },
];

export const doctype = `<!DOCTYPE Server [
  <!-- <!ENTITY where "elsewhere"> it's a comment -->
  <!ENTITY where "conf">
  <!ENTITY pass "change&#105;t">
  <!ENTITY part SYSTEM "part.xml">
]>
`;

/** The file that the entity names; its port is the one of its shape. */
export const partXml = (port: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${connector(port, host('_default_', pem('b')))}\n`;

export const properties = 'tls.dir=conf\ntls.name=\\u0062\n';
