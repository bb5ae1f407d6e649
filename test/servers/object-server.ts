import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const object = z.object({ content: z.string().nullable(), members: z.record(z.string(), z.string()) });
type StoredObject = z.infer<typeof object>;

interface ObjectServer {
  url: string;
  token: string;
  objects: Map<string, StoredObject>;
  stop(): Promise<void>;
}

/**
 * Objects behind REST, after iControl REST: POST makes one, PATCH changes members, DELETE removes. Strict: no token, no
 * answer; what is there is not made again; a profile names a key and a certificate that are there and belong together;
 * what a profile names is not removed.
 */
export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, StoredObject>();
  const token = 'a-token-of-the-test';
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(objects, token, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${port}`, token, objects, stop };
}

async function answer(
  objects: Map<string, StoredObject>,
  token: string,
  request: IncomingMessage,
): Promise<[number, unknown]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const path = decodeURIComponent(request.url ?? '');
  if (request.headers['x-f5-auth-token'] !== token) return [401, { message: 'Authorization failed' }];
  const there = objects.get(path);
  switch (request.method) {
    case 'GET':
      return there === undefined ? [404, { message: 'not found' }] : [200, there];
    case 'POST':
      if (there !== undefined) return [409, { message: 'already exists' }];
      objects.set(path, object.parse(JSON.parse(Buffer.concat(chunks).toString())));
      return [200, {}];
    case 'PATCH': {
      if (there === undefined) return [404, { message: 'not found' }];
      const members = {
        ...there.members,
        ...z.record(z.string(), z.string()).parse(JSON.parse(Buffer.concat(chunks).toString())),
      };
      const [cert, key] = [objects.get(members.cert ?? ''), objects.get(members.key ?? '')];
      if (cert === undefined || key === undefined || cert.members.key !== key.content)
        return [400, { message: '01070317:3: key and certificate do not match' }];
      objects.set(path, { ...there, members });
      return [200, {}];
    }
    case 'DELETE':
      if ([...objects.values()].some(({ members }) => members.cert === path || members.key === path))
        return [400, { message: 'is referenced' }];
      objects.delete(path);
      return [200, {}];
    default:
      return [405, {}];
  }
}
