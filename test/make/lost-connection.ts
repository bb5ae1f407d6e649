import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';

/** What reaches the host: programs, and everything that changes a file. */
const touches = new Set<string | symbol>([
  'exec',
  'write',
  'writeAll',
  'copy',
  'copyAll',
  'rename',
  'remove',
  'removeLeftovers',
]);

/** The connection is lost with the `nth` of these calls: before it is made, or when it has done its work. */
export function lostAt(real: HostConnection, nth: number, when: 'before' | 'after') {
  const seen = { count: 0 };
  const connection = new Proxy(real, {
    get(target, property) {
      const value = Reflect.get(target, property) as unknown;
      if (typeof value !== 'function') return value;
      if (!touches.has(property)) return value.bind(target);
      return async (...args: unknown[]) => {
        seen.count += 1;
        const lost = seen.count === nth;
        const gone = () => new Failure('connection.lost', 'The connection was lost.');
        if (lost && when === 'before') throw gone();
        const answer: unknown = await value.apply(target, args);
        if (lost) throw gone();
        return answer;
      };
    },
  });
  return { connection, seen };
}
