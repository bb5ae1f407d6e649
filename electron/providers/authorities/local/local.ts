import { Failure } from '#shared/failure.ts';
import type { Authority, OrderHandle, OrderRequest, OrderStatus, OrderTools } from '../authority.ts';
import { testLocal } from './check.ts';
import { examine } from './examine.ts';
import { type LocalHandle, readHandle } from './handle.ts';
import { issue } from './issue.ts';
import { type LocalOptions, type Root, rootOf } from './root.ts';

type LocalAuthority = Authority & {
  /** The root certificate; made when there is none yet. */
  root(): Promise<{ pem: string; fingerprint: string }>;
};

/** A private CA kept by the agent itself. It answers at once: an order is issued or refused when it is placed. */
export function makeLocalAuthority(options: LocalOptions): LocalAuthority {
  return {
    submit: (request, known, tools) => submit(options, request, known, tools),
    poll: async (handle) => poll(handle),
    collect: async (handle) => collect(handle),
    cleanUp: async () => [],
    test: async () => testLocal(options),
    async root() {
      const { pem, facts } = await rootOf(options);
      return { pem, fingerprint: facts.fingerprint };
    },
  };
}

async function submit(
  options: LocalOptions,
  request: OrderRequest,
  known: OrderHandle | null,
  tools: OrderTools,
): Promise<OrderHandle> {
  if (known !== null) return readHandle(known);
  const root = await rootOf(options);
  // nothing asynchronous from here: a certificate leaves this process only after its handle is stored
  const handle = decide(options, request, root);
  tools.remember(handle);
  return handle;
}

function decide(options: LocalOptions, request: OrderRequest, root: Root): LocalHandle {
  const answer = examine(request, root);
  if (answer instanceof Failure) {
    options.log.warn('refused an order', { order: request.orderId, because: answer.message });
    return { state: 'refused', because: answer.toData() };
  }
  return { state: 'issued', chainPem: issue(options, request, answer, root) };
}

function poll(handle: OrderHandle): OrderStatus {
  const known = readHandle(handle);
  return known.state === 'issued' ? { state: 'ready' } : known;
}

function collect(handle: OrderHandle): string {
  const known = readHandle(handle);
  if (known.state === 'issued') return known.chainPem;
  throw new Failure(
    'authority.refused',
    'The local authority refused the order: there is nothing to collect.',
    {
      hint: known.because.sentence,
      retry: 'never',
    },
  );
}
