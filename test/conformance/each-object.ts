import { afterEach, beforeEach, expect } from 'vitest';
import { type EndpointType, endpointTypes } from '#shared/model/endpoint.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import {
  type EndpointShape,
  inAgent,
  type MadeObjects,
  names,
  type ObjectFault,
  open,
  testCa,
} from '#test/make/endpoints.ts';
import type { RestConnection } from '../../electron/providers/connections/connection.ts';
import type { Endpoint } from '../../electron/providers/endpoints/endpoint.ts';
import { shapesOf } from './shapes.ts';

export const shapes = await shapesOf<EndpointType, EndpointShape>('endpoints', endpointTypes);

/** Every way in which every type installs that is managed by requests, and the first of each type. */
export const each = shapes.flatMap(([type, { objects = {} }]) =>
  Object.entries(objects).map(([name, { make }]) => ({ type, name, make })),
);
export const first = each.filter(({ type }, at) => each.findIndex((one) => one.type === type) === at);

export const faults = ['lost before', 'lost after', 'denied', 'disk full', 'refused'] as const;

/** New for each test. */
export function prepared(make: () => Promise<MadeObjects>) {
  let made: MadeObjects;
  let connection: RestConnection;
  let before: unknown;
  beforeEach(async () => {
    made = await make();
    connection = await made.connect();
    before = made.state();
  });
  afterEach(async () => {
    await connection.close();
    await made.stop();
  });
  return {
    made: () => made,
    asItWas: () => before,
    endpoint: (): Endpoint => open(made, connection),
    newLeaf(intermediate = true) {
      const keyType = made.old.keyType === 'rsa-2048' ? 'rsa-2048' : 'ec-p256';
      return makeLeaf(testCa, { names, intermediate, keyType });
    },
  };
}

/** Installs with a fault at one request, and puts back what it changed. False: there are no so many requests. */
export async function restoredAfter(
  { made, asItWas, endpoint, newLeaf }: ReturnType<typeof prepared>,
  { after, how }: ObjectFault,
): Promise<boolean> {
  const one = endpoint();
  const plan = await one.plan(made().nodeKey);
  const snapshot = await one.snapshot(plan, 'tag1');
  made().fail({ after, how });
  const thrown = await one.install(plan, inAgent(newLeaf())).catch((error: unknown) => error);
  const failed = made().failed();
  // a question whose answer was lost may be asked again on another connection
  if (failed && how !== 'lost after') expect(thrown).toBeInstanceOf(Error);
  expect(await one.restore(snapshot)).toMatchObject({ exact: true });
  await one.discard(snapshot, 'tag1');
  expect(made().state()).toEqual(asItWas());
  expect(await made().served()).toBe(made().old.facts.fingerprint);
  return failed;
}
