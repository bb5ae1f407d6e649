import type { Descriptor } from './descriptor.ts';

/** The flags of `proxy set`. Nothing given: no proxy. */
export const proxyCatalog: Descriptor = {
  id: 'proxy',
  label: 'Proxy',
  help: 'How the agent connects: directly, through a proxy, or through the proxies a PAC file names.',
  fields: [
    {
      name: 'pacurl',
      label: 'PAC URL',
      help: 'Address of a proxy auto-configuration file (http or https). It is fetched directly.',
      kind: 'text',
      min: 8,
      max: 2048,
    },
    { name: 'host', label: 'Host', help: 'Host name or address of the proxy.', kind: 'text', max: 255 },
    {
      name: 'port',
      label: 'Port',
      help: 'Port of the proxy, 1 to 65535.',
      hint: 'Port of the proxy.',
      kind: 'number',
      min: 1,
      max: 65535,
    },
    {
      name: 'tls',
      label: 'TLS to the proxy',
      help: 'Yes if the proxy itself is reached with TLS (an HTTPS proxy). This machine must trust its certificate. Default: No.',
      kind: 'boolean',
      default: false,
    },
    {
      name: 'socks5',
      label: 'SOCKS 5',
      help: 'Yes if the proxy speaks SOCKS 5 instead of HTTP, without TLS. User and password are sent to it in clear. Default: No.',
      kind: 'boolean',
      default: false,
    },
    { name: 'user', label: 'User', help: 'User name for the proxy.', kind: 'text', max: 255 },
    { name: 'password', label: 'Password', help: 'Password for the proxy.', kind: 'secret', max: 4096 },
    {
      name: 'domain',
      label: 'Domain',
      help: 'Domain of the user, only for NTLM. With a domain, nothing weaker than NTLM is used.',
      kind: 'text',
      max: 255,
    },
    {
      name: 'bypass',
      label: 'Direct destinations',
      help: 'Destinations that bypass the proxy: host, *.domain, 10.0.0.0/8 or host:port. Loopback always does.',
      kind: 'lines',
    },
  ],
};
