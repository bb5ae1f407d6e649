import { resolve, sep } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { ExecResult } from '../../../electron/kit/exec.ts';
import type {
  HostConnection,
  HostExec,
  NewFile,
} from '../../../electron/providers/connections/connection.ts';

/** Programs that only read. */
const harmless = new Set(['sha256sum', 'getfacl', 'getfattr', 'lsattr', 'stat', 'ls', 'readlink']);
const notThere: ExecResult = {
  code: 127,
  timedOut: false,
  stdout: Buffer.alloc(0),
  stderr: Buffer.from('not found'),
};

/** A connection that changes nothing but below `directory`, and runs no program that changes anything. */
export function onlyBelow(directory: string, made: HostConnection): HostConnection {
  const below = (path: string): string => {
    if (resolve(path).startsWith(`${directory}${sep}`)) return path;
    throw new Failure('file.denied', `${path} is outside ${directory}.`);
  };
  const guards: Partial<HostConnection> = {
    exec: async (request: HostExec) => (harmless.has(request.argv[0]) ? made.exec(request) : notThere),
    write: async (path, ...rest) => made.write(below(path), ...rest),
    writeAll: async (files: readonly NewFile[]) => {
      for (const { path } of files) below(path);
      return made.writeAll(files);
    },
    copy: async (from, to) => made.copy(from, below(to)),
    rename: async (from, to) => made.rename(below(from), below(to)),
    remove: async (path) => made.remove(below(path)),
    removeLeftovers: async (paths) => made.removeLeftovers(paths.map(below)),
  };
  return new Proxy(made, {
    get(target, key) {
      const guard: unknown = Reflect.get(guards, key);
      if (guard !== undefined) return guard;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
