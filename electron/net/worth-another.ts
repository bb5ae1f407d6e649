import type { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Way } from './proxy/route.ts';

/** No connection came about, so nothing was asked of the destination. */
const noConnection: ReadonlySet<string> = new Set<FailureCode>([
  'net.unresolved',
  'net.refused',
  'net.unreachable',
]);
const noProxy: ReadonlySet<string> = new Set<FailureCode>(['proxy.unreachable', 'proxy.tls-failed']);

/** May the request go another way after this? Only when it cannot have got to its destination, or is `repeatable`. */
export function worthAnother(way: Way, failure: Failure, repeatable: boolean): boolean {
  if (way.kind === 'direct') return noConnection.has(failure.code);
  return noProxy.has(failure.code) || (repeatable && failure.code === 'proxy.timeout');
}
