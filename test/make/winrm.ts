import type { ConnectTools } from '../../electron/providers/connections/connection.ts';
import { WinrmHost } from '../../electron/providers/connections/winrm/host.ts';
import type { WinrmPlace } from '../../electron/providers/connections/winrm/place.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Program } from '../servers/wsman-command.ts';
import { connectTools } from './connection.ts';

/** The account that the stand-ins of WinRM know. */
export const account = { user: 'CORP\\bob', password: 'p@ss:wörd' };
export const users = { [account.user]: account.password, local: 'p@ss:wörd' };

export function connectWinrm(
  port: number,
  given: Partial<WinrmPlace> & { password?: string } = {},
  tools: Partial<ConnectTools> = {},
): Promise<WinrmHost> {
  const { password = account.password, ...place } = given;
  return WinrmHost.connect(
    { host: '127.0.0.1', port, user: account.user, scheme: 'ntlm', trust: null, ...place },
    { password: Secret.of(password) },
    { ...connectTools, ...tools },
  );
}

/** What runs on the stand-in, by its name. */
const programs: Record<string, Program> = {
  async cat({ stdin, write }) {
    for await (const part of stdin) write('stdout', part);
    return 0;
  },
  async echo({ argv, write }) {
    write('stdout', `${argv.slice(1).join(' ')}\r\n`);
    return 0;
  },
  async fails({ write }) {
    write('stderr', Buffer.from('Zugriff verweigert: \x81', 'latin1'));
    return -1;
  },
  async sleeps({ write, ended }) {
    write('stdout', 'begun');
    await new Promise((resolve) => ended.addEventListener('abort', resolve, { once: true }));
    return 0;
  },
  /** Prints so many bytes. */
  async prints({ argv, write }) {
    const part = Buffer.alloc(100_000, 'äöü\n');
    for (let left = Number(argv[1]); left > 0; left -= part.length) write('stdout', part.subarray(0, left));
    return 0;
  },
  /** Takes a file and says how long it was. */
  async take({ stdin, write }) {
    let size = 0;
    for await (const part of stdin) size += part.length;
    write('stdout', `${size}`);
    return 0;
  },
  /** Answers one script. */
  async answer({ stdin, write }) {
    for await (const part of stdin) write('stdout', part);
    return 0;
  },
  /** As an interpreter that stays: a line of base64 with a mark, and an answer between marks. */
  async interpreter({ stdin, write }) {
    let text = '';
    for await (const part of stdin) {
      text += part.toString('latin1');
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const { mark, ...request } = JSON.parse(Buffer.from(text.slice(0, at), 'base64').toString('utf8'));
        text = text.slice(at + 1);
        if (request.script === 'exit') return 5;
        if (request.script === 'hang') continue;
        if (request.noise !== undefined) write('stdout', request.noise);
        const answer = Buffer.from(JSON.stringify({ ran: request.script })).toString('base64');
        write('stdout', `${mark}:${answer}:`);
        write('stdout', `${mark}\r\n`);
      }
    }
    return 0;
  },
};

export const standardPrograms = ([name = '']: readonly string[]): Program | undefined => programs[name];
