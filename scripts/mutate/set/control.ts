import { judgedBy, type Mutation } from '../mutation.ts';

const responder = 'electron/net/tls-alpn-01-responder.ts';
const listeners = 'electron/net/shared-listeners.ts';
const certificate = 'electron/providers/authorities/acme/alpn-certificate.ts';
const serving = 'electron/providers/authorities/acme/serving.ts';

/** Proof of control that this machine answers itself: what it shows to whom, and for how long. */
export const controlMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/net/tls-alpn-01-responder.test.ts'],
    [
      {
        breaks: 'who asks for another name is shown the certificate',
        file: responder,
        find: 'answers.get(serverName.toLowerCase())?.[0]',
        put: '[...answers.values()][0]?.[0]',
      },
      {
        breaks: 'a name in capitals is not found',
        file: responder,
        find: 'answers.get(serverName.toLowerCase())?.[0]',
        put: 'answers.get(serverName)?.[0]',
      },
      {
        breaks: 'other protocols than that of the challenge are spoken',
        file: responder,
        find: 'ALPNProtocols: [protocol],',
        put: "ALPNProtocols: [protocol, 'h2'],",
      },
      {
        breaks: 'the connection stays open after the handshake',
        file: responder,
        find: 'socket.destroySoon(); // and does not wait for who never goes',
        put: '',
      },
      {
        breaks: 'whoever stays after the handshake is waited for',
        file: responder,
        find: 'socket.destroySoon(); // and does not wait for who never goes',
        put: 'socket.end();',
      },
      {
        breaks: 'the extension holds the digest of something else',
        file: certificate,
        find: "createHash('sha256').update(keyAuthorization)",
        put: "createHash('sha256').update(name)",
      },
      {
        breaks: 'the extension holds the bare digest without its octet string',
        file: 'electron/pki/extensions.ts',
        find: 'extension(oids.acmeIdentifier, true, octetString(digest))',
        put: 'extension(oids.acmeIdentifier, true, Buffer.from(digest))',
      },
      {
        breaks: 'the extension is not critical',
        file: 'electron/pki/extensions.ts',
        find: 'extension(oids.acmeIdentifier, true, octetString(digest))',
        put: 'extension(oids.acmeIdentifier, false, octetString(digest))',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/net/shared-listeners.test.ts', 'test/unit/net/http-01-responder.test.ts'],
    [
      {
        breaks: 'the first order that ends closes the port for the others',
        file: listeners,
        find: '      if (listener.users > 0) return;\n',
        put: '',
      },
      {
        breaks: 'the end of one order withdraws the answer of another one',
        file: listeners,
        find: 'all.filter((_, at) => at !== index)',
        put: 'all.filter((_, at) => at < index)',
      },
      {
        breaks: 'strangers may hold every open file of the agent',
        file: listeners,
        find: '    server.maxConnections = mostConnections;\n',
        put: '',
      },
      {
        breaks: 'a port that Trustkeep holds itself is blamed on another program',
        file: listeners,
        find: 'if (other !== undefined) return ownPortTaken(own, other, error);',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/authorities/acme/serving.test.ts'],
    [
      {
        breaks: 'the port stays open after the order has ended',
        file: serving,
        find: 'await (await served?.started)?.();',
        put: 'await served?.started;',
      },
      {
        breaks: 'the port of before stays open when the settings change',
        file: serving,
        find: 'if (before !== undefined && before.place !== this.#place) await this.end(challengeUrl);',
        put: '',
      },
      {
        breaks: 'a port that was taken once is not tried again',
        file: serving,
        find: '      if (this.#served.get(challengeUrl) === served) this.#served.delete(challengeUrl);\n',
        put: '',
      },
      {
        breaks: 'an answer that began after the CA had asked counts as one that was there',
        file: serving,
        find: '?? Number.POSITIVE_INFINITY) <= moment',
        put: '?? 0) <= moment',
      },
    ],
  ),
];
