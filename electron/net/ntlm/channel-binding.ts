import { createHash } from 'node:crypto';

/**
 * What ties a log-in to the TLS connection below it (`tls-server-end-point`, RFC 5929): for `binding`.
 * `certificateHash` is over the server's leaf, with the hash of its signature, SHA-256 in place of MD5 and SHA-1.
 */
export function channelBinding(certificateHash: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:'), certificateHash]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return createHash('md5').update(Buffer.alloc(16)).update(length).update(data).digest();
}
