import type { z } from 'zod';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { RestAnswer, RestConnection, RestRequest } from '../../connections/connection.ts';
import { commandOutput, listOf } from './wire.ts';

/** Where uploads land, under the names they were sent with. */
const downloads = '/var/config/rest/downloads/';
const chunkBytes = 512 * 1024;

/** `/Common/shop.crt` as paths name it. */
export const tilde = (fullPath: string): string => fullPath.split('/').map(encodeURIComponent).join('~');

/** iControl REST of one BIG-IP. What it refuses is a Failure with its own words. */
export class BigipClient {
  readonly connection: RestConnection;

  constructor(connection: RestConnection) {
    this.connection = connection;
  }

  /** Null when it is not there. */
  async get<T extends z.ZodType>(path: string, shape: T): Promise<z.infer<T> | null> {
    const answer = await this.connection.request({ method: 'GET', path: `/mgmt${path}` });
    if (answer.status === 404) return null;
    return this.#read(answer, path, shape);
  }

  /** Empty when there is no such collection. */
  async list<T extends z.ZodType>(path: string, item: T): Promise<z.infer<T>[]> {
    return ((await this.get(path, listOf(item))) ?? []) as z.infer<T>[];
  }

  async post(path: string, json: unknown): Promise<void> {
    await this.#send({ method: 'POST', path: `/mgmt${path}`, json, timeoutMs: 120_000 }, path);
  }

  async patch(path: string, json: unknown): Promise<void> {
    await this.#send({ method: 'PATCH', path: `/mgmt${path}`, json, timeoutMs: 120_000 }, path);
  }

  /** Gone afterwards; no error when it was not there. */
  async remove(path: string): Promise<void> {
    const answer = await this.connection.request({ method: 'DELETE', path: `/mgmt${path}` });
    if (answer.status !== 404) this.#mustBeDone(answer, path);
  }

  /** Runs one of the programs that iControl REST offers; gives what it printed. */
  async run(program: 'bash' | 'unix-ls' | 'unix-rm', words: string): Promise<string> {
    const path = `/tm/util/${program}`;
    const json = { command: 'run', utilCmdArgs: words };
    const request = { method: 'POST' as const, path: `/mgmt${path}`, json, timeoutMs: 120_000 };
    const answer = await this.connection.request(request);
    return this.#read(answer, path, commandOutput).commandResult;
  }

  /** As a file that only an import reads. */
  async upload(name: string, content: Uint8Array): Promise<string> {
    for (let start = 0; start < content.length; start += chunkBytes) {
      const bytes = content.subarray(start, start + chunkBytes);
      const path = `/shared/file-transfer/uploads/${name}`;
      const headers = { 'content-range': `${start}-${start + bytes.length - 1}/${content.length}` };
      await this.#send({ method: 'POST', path: `/mgmt${path}`, bytes, headers, timeoutMs: 120_000 }, path);
    }
    return `${downloads}${name}`;
  }

  async uploadExists(name: string): Promise<boolean> {
    const said = await this.run('unix-ls', `${downloads}${name}`);
    return said.split('\n').some((line) => line.trim() === `${downloads}${name}`);
  }

  /** No error when they were not there. */
  async removeUploads(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.run('unix-rm', names.map((name) => `${downloads}${name}`).join(' '));
  }

  async #send(request: RestRequest, path: string): Promise<void> {
    this.#mustBeDone(await this.connection.request(request), path);
  }

  #read<T extends z.ZodType>(answer: RestAnswer, path: string, shape: T): z.infer<T> {
    this.#mustBeDone(answer, path);
    const parsed = shape.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw new Failure(
      'endpoint.configuration-invalid',
      `${this.connection.description} answered ${path} in a form that Trustkeep does not know.`,
      { hint: 'Check its version: 15.1, 16.1 and 17.1 are supported.', cause: parsed.error },
    );
  }

  #mustBeDone(answer: RestAnswer, path: string): void {
    const said = messageOf(answer);
    if (answer.status < 400 && said === null) return;
    throw refusal(this.connection, answer.status, path.split('?')[0] ?? path, said ?? '');
  }
}

/** What a body with an error says; null: it is none. */
function messageOf({ status, body }: RestAnswer): string | null {
  if (typeof body !== 'object' || body === null) return status < 400 ? null : '';
  const { code, message } = body as { code?: unknown; message?: unknown };
  if (status < 400 && !(typeof code === 'number' && code >= 400)) return null;
  return typeof message === 'string' ? peerTail(message) : '';
}

function refusal({ description }: RestConnection, status: number, path: string, said: string): Failure {
  const peerSaid = said || undefined;
  if (status === 401 || status === 403)
    return new Failure('endpoint.denied', `The account is not allowed to use ${path} on ${description}.`, {
      hint: 'Give it the role Administrator for all partitions; other roles cannot upload certificates.',
      peerSaid,
    });
  if (/no space left|disk full/i.test(said))
    return new Failure('file.disk-full', `There is no space left on ${description}.`, {
      hint: 'Free space in /var and /shared there, then try again.',
      peerSaid,
    });
  const known = knownRefusals.find(({ says }) => says.test(said));
  return new Failure(
    'endpoint.refused',
    `${description} refused ${path}: ${(known?.means ?? said) || `HTTP ${status}`}`.replace(/\.?$/, '.'),
    { hint: known?.hint ?? 'Its own words say why; check the object there.', peerSaid },
  );
}

/** Message codes of the product that a person can do something about. */
const knownRefusals = [
  {
    says: /01070317/,
    means: 'key and certificate do not match',
    hint: 'Request the certificate again.',
  },
  {
    says: /01071349/,
    means: 'the object is in use',
    hint: 'Find the profile that uses it, and choose another certificate there.',
  },
  {
    says: /01b4002a/,
    means: 'the profile was given certificates in two ways',
    hint: 'Check the profile: its list of certificates and keys, and nothing beside it, must name them.',
  },
  {
    // the code alone is that of every error of a configuration
    says: /01070734.*more than one set of same/,
    means: 'the profile would have two certificates of one kind of key',
    hint: 'Request a certificate with the kind of key that this one has.',
  },
  {
    says: /01070712/,
    means: 'the file could not be imported',
    hint: 'Try again. If this continues, check /var/log/ltm there.',
  },
] as const;
