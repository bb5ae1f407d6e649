import { createHash } from 'node:crypto';
import {
  type ScriptName,
  windowsInterpreter,
  windowsScripts,
} from '../../electron/providers/connections/common/windows-bootstrap.ts';
import * as files from './powershell-files.ts';
import type { Machine } from './powershell-machine.ts';
import { run } from './powershell-programs.ts';
import { WindowsError, type WindowsWorld } from './powershell-world.ts';
import type { Program } from './wsman-command.ts';

type Verb = (machine: Machine, parameters: never, content: Buffer, ended: AbortSignal) => unknown;
const ofFiles =
  (verb: (world: WindowsWorld, parameters: never, content: Buffer) => unknown): Verb =>
  ({ world }, parameters, content) =>
    verb(world, parameters, content);

/**
 * What each script does, its parameters, and the beginning of its SHA-256 when somebody last compared the two: a script that is
 * changed is refused here until that was done again.
 */
const verbs: Record<ScriptName, [verb: Verb, parameters: string, sum: string]> = {
  read: [ofFiles(files.read), 'limit path', '73f3c0dfa998'],
  write: [ofFiles(files.write), 'files leftovers', 'ff6cb199f095'],
  list: [ofFiles(files.list), 'path', 'ffb02692a95a'],
  stat: [ofFiles(files.stat), 'paths sums', 'c2e20f8b7433'],
  hash: [ofFiles(files.hash), 'path', '7b47f6ad48a2'],
  rights: [ofFiles(files.rights), 'paths', 'a62f7fbe9f3f'],
  copy: [ofFiles(files.copy), 'from random to', '17b325f5a61a'],
  rename: [ofFiles(files.rename), 'from to', '032b1459ca7f'],
  remove: [ofFiles(files.remove), 'path', '109d1cc152ba'],
  'remove-leftovers': [ofFiles(files.removeLeftovers), 'paths', '499539e14202'],
  'make-directory': [ofFiles(files.makeDirectory), 'path private', '104e67f94123'],
  run: [
    (_, parameters, content, ended) => run(parameters, content, ended),
    'leavesBehind limit line milliseconds program',
    '75838783a676',
  ],
  service: [
    ({ state }, { name }: { name: string }) => ({ status: shown(state.services[name]) }),
    'name',
    '1ff0defb87b4',
  ],
  'restart-service': [restarted, 'milliseconds name', '4081f38fd251'],
};

const shown = (status: string | undefined) => (status === 'broken' ? 'Stopped' : (status ?? null));

function restarted(machine: Machine, { name }: { name: string }) {
  const { services } = machine.state;
  if (services[name] === 'Stopped') machine.change({ services: { ...services, [name]: 'Running' } });
  return { status: shown(machine.state.services[name]) };
}

const sumOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);

class Refused extends Error {}

/** A line as our bootstrap reads it. */
function requestOf(line: string) {
  const [, json = '', content = ''] = /^([A-Za-z0-9+/]+=*)(?: ([A-Za-z0-9+/]+=*))?\r?$/.exec(line) ?? [];
  if (json === '') throw new Refused('a line that is not base64');
  const request = JSON.parse(Buffer.from(json, 'base64').toString('utf8'));
  if (Object.keys(request).sort().join(' ') !== 'mark parameters script')
    throw new Refused(Object.keys(request).join(' '));
  if (!/^[0-9a-f]{32}$/.test(request.mark)) throw new Refused('a mark that can be guessed');
  const [name] = Object.entries(windowsScripts).find(([, text]) => text === request.script) ?? [];
  if (name === undefined) throw new Refused('a script that nobody knows');
  const [verb, parameters, sum] = verbs[name as ScriptName];
  if (sumOf(request.script) !== sum)
    throw new Refused(`${name}.ps1 is another one: ${sumOf(request.script)}`);
  if (Object.keys(request.parameters).sort().join(' ') !== parameters)
    throw new Refused(`parameters of ${name}`);
  return {
    verb,
    mark: request.mark as string,
    parameters: request.parameters as never,
    content: Buffer.from(content, 'base64'),
  };
}

async function answered(machine: Machine, line: string, ended: AbortSignal): Promise<string> {
  const { verb, mark, parameters, content } = requestOf(line);
  let back = Buffer.alloc(0);
  let answer: Record<string, unknown>;
  try {
    const { content: bytes = Buffer.alloc(0), ...value } = (await verb(
      machine,
      parameters,
      content,
      ended,
    )) as { content?: Buffer };
    [back, answer] = [bytes as Buffer<ArrayBuffer>, { value }];
  } catch (thrown) {
    if (!(thrown instanceof WindowsError)) throw thrown;
    const { type, code, native, message, about } = thrown;
    answer = {
      error: { type, code, native, message, about, trouble: thrown.trouble, id: `${type},x`, line: 1 },
    };
  }
  const json = Buffer.from(JSON.stringify(answer)).toString('base64');
  return `${mark}:${json},${back.toString('base64')}:${mark}\r\n`;
}

/** `powershell.exe` of that machine, which runs our bootstrap and our scripts, and nothing else. */
export function powershell(machine: Machine): (argv: readonly string[]) => Program | undefined {
  const program: Program = async ({ stdin, write, ended }) => {
    if (machine.state.restricted) return 71;
    let [parts, size]: [Buffer[], number] = [[], 0];
    for await (const part of stdin) {
      parts.push(part);
      size += part.length;
      if (!part.includes(10)) continue;
      const lines = Buffer.concat(parts, size).toString('latin1').split('\n');
      const rest = Buffer.from(lines.pop() ?? '', 'latin1');
      [parts, size] = [[rest], rest.length];
      for (const line of lines) {
        try {
          const answer = await answered(machine, line, ended);
          write('stdout', machine.state.noise);
          write('stdout', answer);
        } catch (thrown) {
          machine.found(thrown);
          write(
            'stderr',
            '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">Unerwartet_x000D__x000A_</S></Objs>',
          );
          return 1;
        }
      }
    }
    return 0;
  };
  const where: Program = async () => 0;
  return (argv) => {
    if (argv.join(' ') === windowsInterpreter.join(' ')) return program;
    return argv.join(' ') === 'where.exe powershell.exe' ? where : undefined;
  };
}
