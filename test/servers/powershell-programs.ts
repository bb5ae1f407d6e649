import { spawn } from 'node:child_process';
import { WindowsError } from './powershell-world.ts';

/** Arguments of a command line by the rules of the C runtime of Microsoft (2008 and later). */
export function argumentsOf(line: string): string[] {
  const args: string[] = [];
  let [word, quoted, begun] = ['', false, false];
  for (let at = 0; at < line.length; at++) {
    const [slashes = ''] = /^\\+/.exec(line.slice(at)) ?? [];
    if (slashes !== '') {
      begun = true;
      at += slashes.length;
      if (line[at] !== '"') {
        word += slashes;
        at--;
      } else {
        word += '\\'.repeat(Math.floor(slashes.length / 2));
        if (slashes.length % 2 === 1) word += '"';
        else at--;
      }
    } else if (line[at] === '"') {
      begun = true;
      if (quoted && line[at + 1] === '"') word += line[++at];
      else quoted = !quoted;
    } else if (!quoted && /[ \t]/.test(line[at] ?? '')) {
      if (begun) args.push(word);
      [word, begun] = ['', false];
    } else {
      begun = true;
      word += line[at];
    }
  }
  return begun ? [...args, word] : args;
}

interface Run {
  program: string;
  line: string;
  milliseconds: number;
  limit: number;
  leavesBehind: boolean;
}

/** Runs a program of this machine as `run.ps1` does, with a group of its own in the place of a tree. */
export function run(
  { program, line, milliseconds, limit, leavesBehind }: Run,
  content: Buffer,
  ended: AbortSignal,
) {
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const child = spawn(program, argumentsOf(line), { detached: true, stdio: 'pipe' });
  const printed = [child.stdout, child.stderr].map((stream) => {
    const one = { parts: [] as Buffer[], size: 0, cut: false };
    stream.on('data', (part: Buffer) => {
      const room = part.subarray(0, Math.max(0, limit - one.size));
      one.cut ||= room.length < part.length;
      one.size += room.length;
      one.parts.push(room);
    });
    return one;
  });
  let timedOut = false;
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended
    }
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, milliseconds);
  ended.addEventListener('abort', end, { once: true });
  child.stdin.on('error', () => {});
  child.stdin.end(content);
  child.on('error', (error: NodeJS.ErrnoException) => {
    clearTimeout(timer);
    const native = error.code === 'EACCES' ? 5 : 2;
    reject(
      new WindowsError(
        'System.ComponentModel.Win32Exception',
        -2147467259,
        'Das System kann die angegebene Datei nicht finden',
        { native },
      ),
    );
  });
  child.on('exit', () => {
    if (leavesBehind) setTimeout(() => [child.stdout, child.stderr].map((stream) => stream.destroy()), 500);
  });
  child.on('close', (code) => {
    clearTimeout(timer);
    const [out, err] = printed.map(({ parts }) => Buffer.concat(parts));
    const bytes = out ?? Buffer.alloc(0);
    const content = Buffer.concat([bytes, err ?? Buffer.alloc(0)]);
    const cut = printed.some((one) => one.cut);
    resolve({ code: timedOut ? null : code, timedOut, cut, stdout: bytes.length, content });
  });
  return promise;
}
