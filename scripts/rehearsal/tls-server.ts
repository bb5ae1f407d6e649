/**
 * The little TLS server of the rehearsal: serves the PEM file named by its first argument and reads it again when the
 * file named by its second argument appears. Prints its port. Ends with its parent.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:tls';

const [pemPath, reloadPath] = process.argv.slice(2);
if (pemPath === undefined || reloadPath === undefined) throw new Error('usage: tls-server.ts PEM RELOAD');

const material = () => {
  const pem = readFileSync(pemPath, 'utf8');
  return { key: pem, cert: pem };
};

const server = createServer(material(), (socket) => socket.end());
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
setInterval(() => {
  if (!existsSync(reloadPath)) return;
  rmSync(reloadPath, { force: true });
  server.setSecureContext(material());
}, 10);
process.stdin.on('end', () => process.exit(0)).resume();
