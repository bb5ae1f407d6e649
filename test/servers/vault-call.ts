import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface VaultAnswer {
  status: number;
  json: {
    data?: Record<string, unknown> | null;
    auth?: { client_token: string } | null;
    wrap_info?: { token: string } | null;
    errors?: string[];
  };
}

interface VaultQuestion {
  method: string;
  /** Without `v1`, not encoded. */
  path: string;
  body: Record<string, unknown> | undefined;
  wrapTtl: string | undefined;
}

/** One call of the API of a Vault or OpenBao, on a connection of its own. */
export function sendToVault(
  server: { url: string; caPem: string | null; token: string; namespace?: string },
  { method, path, body, wrapTtl }: VaultQuestion,
): Promise<VaultAnswer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const url = `${server.url}/v1/${path.split('/').map(encodeURIComponent).join('/')}`;
  const secure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const sent = (secure ? httpsRequest : httpRequest)(
      url,
      {
        method,
        ...(server.caPem === null ? {} : { ca: server.caPem }),
        agent: false,
        headers: {
          'x-vault-request': 'true',
          'x-vault-token': server.token,
          ...(server.namespace === undefined ? {} : { 'x-vault-namespace': server.namespace }),
          ...(wrapTtl === undefined ? {} : { 'x-vault-wrap-ttl': wrapTtl }),
          ...(text === '' ? {} : { 'content-type': 'application/json' }),
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const said = Buffer.concat(parts).toString('utf8');
          resolve({
            status: answer.statusCode ?? 0,
            json: said === '' ? {} : (JSON.parse(said) as VaultAnswer['json']),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
