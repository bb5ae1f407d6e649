import { afterEach } from 'vitest';
import { asFailure, Failure } from '#shared/failure.ts';
import { makeTestAcme, makeTestOrder, memoryState, untilDone } from '#test/make/acme.ts';
import { type Hostility, startAcmeHostile } from '#test/servers/acme-hostile.ts';

export const name = 'shop.example';
export const stops: (() => Promise<void> | void)[] = [];

export async function hostile(hostility: Hostility, validation?: Parameters<typeof makeTestAcme>[1]) {
  const server = await startAcmeHostile([name], hostility);
  const acme = makeTestAcme(server, { state: memoryState(), ...validation });
  stops.push(server.stop, acme.close);
  return { server, acme };
}

export async function outcome(hostility: Hostility, options?: Parameters<typeof makeTestAcme>[1]) {
  const { server, acme } = await hostile(hostility, options);
  const webRoot = new Map<string, string>();
  const order = await makeTestOrder([name], { webRoot });
  const failure = await failureOf(async () => {
    const status = await untilDone(acme.authority, order);
    if (status.state === 'refused') throw Failure.from(status.because);
    const chain = await acme.authority.collect(order.known());
    if (chain === '') throw new Failure('authority.no-certificate', 'as the step says it');
  });
  return { failure, webRoot, server, requests: acme.requests };
}

async function failureOf(work: () => Promise<unknown>): Promise<Failure> {
  return asFailure(await work().catch((thrown: unknown) => thrown));
}

/** What a test started is stopped after it. */
export function prepareHostility(): void {
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });
}
