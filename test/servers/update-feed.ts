import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { feedName } from '../../electron/updates/feed.ts';
import { rawPublicKey, signStatement } from '../../scripts/release/feed.ts';

interface ReleaseKey {
  privateKey: KeyObject;
  /** 32 bytes, base64. */
  raw: string;
}

export function makeReleaseKey(): ReleaseKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, raw: rawPublicKey(privateKey) };
}

/** A version to offer; what is left out is as it should be. */
interface Release {
  version: string;
  content: Buffer;
  key: ReleaseKey;
  /** The channel that is signed. */
  channel?: string;
  platform?: string;
  arch?: string;
  name?: string;
  notes?: string;
  staging?: number;
  /** What the server sends in place of the content. */
  sends?: Buffer;
  /** Changes the feed after it was signed. */
  forge?(entry: FeedDocument): void;
}

interface FeedDocument {
  version: string;
  files: {
    url: string;
    sha512: string;
    size: number;
    trustkeep?: { signatures: unknown[]; [name: string]: unknown };
  }[];
  releaseNotes?: string;
  stagingPercentage?: number;
}

interface UpdateFeed {
  /** What is set as the feed. */
  url: string;
  port: number;
  /** `GET /path bytes=0-1`, oldest first. */
  readonly requests: string[];
  /** What asked, by its own words, each once. */
  readonly userAgents: Set<string>;
  offer(release: Release): void;
  /** Whatever it is, in place of a feed. */
  say(text: string, status?: number): void;
  /** Breaks the line in the middle of the next so many answers that carry a part of a file. */
  loseLine(times: number): void;
  /** Answers no part of a file until the function that it gives is called. */
  holdFiles(): () => void;
  /** Sends files whole, whatever part is asked for. */
  knowNoRanges(): void;
  stop(): Promise<void>;
}

interface FeedCertificate {
  cert: string;
  key: string;
  /** The name it is for, and in the address. */
  host: string;
}

/** A place that updates come from, on the loopback. */
export async function startUpdateFeed(tls?: FeedCertificate): Promise<UpdateFeed> {
  const state = new FeedState();
  const answer = (request: IncomingMessage, response: ServerResponse) => void state.answer(request, response);
  const server = tls === undefined ? createServer(answer) : createSecureServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const port = place !== null && typeof place === 'object' ? place.port : 0;
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}/releases/` : `https://${tls.host}:${port}/releases/`,
    port,
    requests: state.requests,
    userAgents: state.userAgents,
    offer: (release) => state.offer(release),
    say(text, status = 200) {
      state.feed = { text, status };
    },
    loseLine(times) {
      state.losses = times;
    },
    holdFiles: () => state.hold(),
    knowNoRanges() {
      state.ranges = false;
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

class FeedState {
  readonly requests: string[] = [];
  readonly userAgents = new Set<string>();
  feed = { text: '', status: 404 };
  losses = 0;
  ranges = true;
  #held: Promise<void> = Promise.resolve();
  #files = new Map<string, Buffer>();

  offer(release: Release): void {
    const { version, content, key, channel = 'latest', notes, staging, sends = content } = release;
    const { platform = process.platform, arch = process.arch } = release;
    const name = release.name ?? `trustkeep-${version}-linux-x86_64.AppImage`;
    const sha512 = createHash('sha512').update(content).digest('base64');
    const statement = { version, channel, platform, arch, name, size: content.length, sha512 };
    const signatures = [signStatement(statement, key.privateKey)];
    const entry: FeedDocument = {
      version,
      files: [
        { url: name, sha512, size: content.length, trustkeep: { channel, platform, arch, signatures } },
      ],
      ...(notes === undefined ? {} : { releaseNotes: notes }),
      ...(staging === undefined ? {} : { stagingPercentage: staging }),
    };
    release.forge?.(entry);
    this.#files.set(`/releases/${name}`, sends);
    this.ranges = true;
    this.feed = { text: JSON.stringify(entry), status: 200 }; // JSON is YAML
  }

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request;
    this.requests.push([method, url, request.headers.range].filter(Boolean).join(' '));
    this.userAgents.add(request.headers['user-agent'] ?? 'none');
    response.on('error', () => {});
    const path = url.replace(/^https?:\/\/[^/]*/, '');
    if (path.endsWith('.yml')) {
      const known = path === `/releases/${feedName('latest', process.platform, process.arch)}`;
      response.writeHead(known || path.includes('/beta') ? this.feed.status : 404).end(this.feed.text);
      return;
    }
    await this.#held;
    const file = this.#files.get(path);
    if (file === undefined) response.writeHead(404).end();
    else this.#sendFile(file, request.headers.range, response);
  }

  #sendFile(file: Buffer, range: string | undefined, response: ServerResponse): void {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    const isPart = this.ranges && from !== undefined && to !== undefined;
    const part = isPart ? file.subarray(Number(from), Number(to) + 1) : file;
    const headers = { 'content-length': String(part.length) };
    if (isPart)
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${file.length}`,
      });
    else response.writeHead(200, headers);
    if (this.losses > 0) {
      this.losses--;
      response.write(part.subarray(0, Math.floor(part.length / 2)), () => response.destroy());
    } else response.end(part);
  }
}
