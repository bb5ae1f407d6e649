import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { sayBefore } from '../../../electron/discovery/before-tls.ts';
import { behindMarker } from '../../../electron/providers/connections/common/posix.ts';
import { readStat, troubleOf } from '../../../electron/providers/connections/common/posix-answers.ts';
import { readFlags, readRights } from '../../../electron/providers/connections/common/posix-rights.ts';
import { readHostFacts, trickyText } from '../../../electron/providers/connections/ssh/host-facts.ts';
import { readHostKey } from '../../../electron/providers/connections/ssh/host-key.ts';
import { wantsPassword } from '../../../electron/providers/connections/ssh/sudo.ts';
import { readTitle } from '../../../electron/providers/endpoints/nginx/masters.ts';
import { Failure } from '../../../shared/failure.ts';
import { breakFrame, piecesOf } from './break-frames.ts';
import type { Reader } from './reader.ts';

const marker = 'trustkeep-0123456789abcdef01234567';
const stat = '81a0 1675 0 33 1764489600 1\nroot\nwww-data\n/etc/ssl/private/www.pem\n';
const rights =
  'file\ntold=acl\nacl=user:deploy:r--\ntold=attributes\nattribute=user.note=0x6869\nlabel=system_u:object_r:cert_t:s0\nfile\nhidden=acl\n';
const flags = 'file\nflags=----i---------e-------\nfile\nflags=-----a--------\n';
const facts = `uid=1000\nos=Linux\nstat=gnu\nsum=sha256sum\nmv=exact\ntimeout=yes\nsudo=/usr/bin/sudo\nsudoer=free\necho=${trickyText}`;
const trouble =
  "mv: cannot move '/etc/a' to '/etc/b': No space left on device\nsudo: a password is required\n";
const title = 'nginx: master process /usr/sbin/nginx -p /srv/x -c conf/nginx.conf -g daemon off; user www;';
const words = ['\n', '=', ' ', '\0', 'file', ': ', '-g', '"', '{', ';', marker];

const ofHost = (
  name: string,
  sample: string,
  read: (bytes: Buffer) => unknown,
  codes: readonly string[] = [],
): Reader => ({
  name,
  share: 10,
  make: (chance) => breakFrame(Buffer.from(sample), words, Buffer.from(rights), chance),
  read,
  refuses: (error) => error instanceof Failure && codes.includes(error.code),
});

const text = (bytes: Buffer): string => bytes.toString('utf8');

/** What programs print on a managed host, which may be in the hands of others. */
const printed: readonly Reader[] = [
  ofHost('marker of a script', `welcome\n${marker}\n${stat}`, (bytes) => behindMarker(bytes, marker)),
  ofHost('facts about a file', stat, (bytes) => readStat('/etc/a', text(bytes)), ['file.failed']),
  ofHost('rights of files', rights, (bytes) => readRights(text(bytes))),
  ofHost('flags of files', flags, (bytes) => readFlags(text(bytes), 2)),
  ofHost('facts about a host', facts, (bytes) => readHostFacts(text(bytes), 'web1', 'deploy'), [
    'ssh.not-posix',
    'ssh.tool-missing',
  ]),
  ofHost('words of programs', trouble, (bytes) => [troubleOf(1, text(bytes)), wantsPassword(text(bytes))]),
  ofHost('title of a process', title, (bytes) => readTitle(text(bytes), '/')),
];

/** RFC 4253 6.6: a type, and what it says. */
const hostKey = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 7)]);

const dialogues = {
  imap: '* OK ready\r\n* CAPABILITY STARTTLS\r\na OK begin\r\n',
  pop3: '+OK ready\r\n+OK begin\r\n',
  smtp: '220-mail\r\n220 ready\r\n250-mail\r\n250-SIZE 1\r\n250 STARTTLS\r\n220 go\r\n',
} as const;
const protocols = Object.keys(dialogues) as (keyof typeof dialogues)[];

/** The first byte says which dialogue. */
const startTls: Reader = {
  name: 'STARTTLS dialogue',
  share: 20,
  make: (chance) => {
    const at = chance.int(protocols.length);
    const sample = Buffer.from(dialogues[protocols[at] ?? 'imap']);
    return Buffer.concat([
      Buffer.of(at),
      breakFrame(sample, ['\r\n', ' ', '-', '\0', '220', 'a OK'], sample, chance),
    ]);
  },
  read: (input) => talkTo(protocols[input[0] ?? 0] ?? 'imap', input.subarray(1)),
  refuses: (error) => error instanceof Refused,
};

class Refused extends Error {}

/** A line that keeps nothing of what is said on it. */
class Line extends EventEmitter {
  said = 0;
  write(): boolean {
    this.said += 1;
    return true;
  }
  pause(): this {
    return this;
  }
}

/** Whatever a server says, it is answered once at most, and no more is said to it than the dialogue has. */
function talkTo(protocol: keyof typeof dialogues, bytes: Buffer): boolean {
  const line = new Line();
  const ends: (string | null)[] = [];
  sayBefore(
    line as unknown as Duplex,
    { startTls: protocol },
    () => ends.push(null),
    (answer) => ends.push(answer),
  );
  for (const piece of piecesOf(bytes)) line.emit('data', piece);
  if (ends.length > 1 || line.said > 4)
    throw new Error(`ended ${ends.length} times, said ${line.said} things`);
  if (typeof ends[0] === 'string') throw new Refused();
  return ends.length === 1;
}

export const ofHosts: readonly Reader[] = [
  ...printed,
  {
    name: 'SSH host key',
    share: 5,
    make: (chance) => breakFrame(hostKey, ['ssh-', '\0'], hostKey, chance),
    read: readHostKey,
    refuses: () => false,
  },
  startTls,
];
