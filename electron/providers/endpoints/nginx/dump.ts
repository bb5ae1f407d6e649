import { createHash } from 'node:crypto';
import { due } from '#kit/in-slices.ts';
import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';

const marker = Buffer.from('# configuration file ');

/** What stands after a line that looks like nginx's own, up to the next such line. */
interface Section {
  name: string;
  /** Where its line begins, and its content. */
  at: number;
  start: number;
  /** After the line feed that nginx adds. */
  end: number;
}

/**
 * The files in what `nginx -T` printed, with their exact bytes, in its order. nginx prints each file once, after a line
 * with its name, and adds a line feed. Anybody can write such a line into a file: so each is compared with its SHA-256 on
 * the host, and one that differs is read from there. `endpoint.configuration-changed` when the two do not fit at all;
 * `connection.*`, `file.*`.
 */
export async function filesPrinted(connection: HostConnection, dump: Buffer): Promise<Map<string, Buffer>> {
  const sections = [...sectionsOf(dump)];
  const hashes = await connection.hashes([...new Set(sections.map(({ name }) => name))]);
  const files = new Map<string, Buffer>();
  let at = 0;
  for (const section of sections) {
    const turn = due();
    if (turn !== undefined) await turn;
    if (section.at < at) continue; // a line of the file before
    const printed = dump.subarray(section.start, section.end - 1);
    const content =
      sha256(printed) === hashes.get(section.name) ? printed : await whole(connection, dump, section);
    files.set(section.name, content);
    at = section.start + content.length + 1;
  }
  return files;
}

async function whole(connection: HostConnection, dump: Buffer, { name, start }: Section): Promise<Buffer> {
  const content = await connection.read(name);
  if (dump.subarray(start, start + content.length).equals(content)) return content;
  throw new Failure('endpoint.configuration-changed', `${name} is not as nginx has just printed it.`, {
    hint: 'Someone may be changing the configuration. Try again when they are done.',
  });
}

function* sectionsOf(dump: Buffer): Generator<Section> {
  let at = findMarker(dump, 0);
  while (at >= 0) {
    const lineEnd = dump.indexOf(0x0a, at);
    const name = dump.subarray(at + marker.length, lineEnd - 1).toString('utf8');
    const next = findMarker(dump, lineEnd + 1);
    yield { name, at, start: lineEnd + 1, end: next < 0 ? dump.length : next };
    at = next;
  }
}

/** A marker counts at the start of a line only, and with an absolute path that ends in a colon. */
function findMarker(dump: Buffer, from: number): number {
  for (let at = dump.indexOf(marker, from); at >= 0; at = dump.indexOf(marker, at + 1)) {
    if (at > 0 && dump[at - 1] !== 0x0a) continue;
    const lineEnd = dump.indexOf(0x0a, at);
    const first = String.fromCharCode(dump[at + marker.length] ?? 0);
    if (lineEnd > 0 && dump[lineEnd - 1] === 0x3a && /[/A-Za-z]/.test(first)) return at;
  }
  return -1;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
