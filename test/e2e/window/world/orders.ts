import type { Order } from '#shared/model/order.ts';
import { unknownName } from './failures.ts';
import { hour, type World } from './world.ts';

/** An order for each certificate that came through us, one under way and one refused. */
export function addOrders(world: World): void {
  const obtained = world.certificates.filter((one) => one.orderNumber !== null);
  for (const certificate of obtained)
    world.orders.push(
      order(world, certificate.orderNumber ?? 0, certificate.names, 'collected', certificate.fingerprint),
    );
  world.orders.push(order(world, 1020, ['vpn.nordhafen.example'], 'waiting-for-approval', null));
  const refused = order(world, 1002, [misspelt], 'refused', null);
  refused.refusedBecause = unknownName(misspelt).toData();
  world.orders.push(refused);
}

const misspelt = 'billing.nordhafen.exmaple';

function order(
  world: World,
  number: number,
  names: string[],
  state: Order['state'],
  fingerprint: string | null,
): Order {
  const authority = world.authorities[names[0]?.endsWith('.internal') ? 0 : 1] ?? world.authorities[0];
  const at = world.now - (1022 - number) * 31 * hour;
  return {
    id: `ord_${number}`,
    number,
    authorityId: authority?.id ?? '',
    authorityName: authority?.name ?? '',
    taskId: world.tasks.find((task) => task.subject.name === names[0])?.id ?? world.tasks[0]?.id ?? '',
    nodeId: world.nodes[0]?.id ?? '',
    names,
    keyType: 'ec-p256',
    terms: { profile: null, days: 90 },
    state,
    handle: null,
    certificateFingerprint: fingerprint,
    refusedBecause: null,
    createdAt: at,
    updatedAt: at + 40_000,
  };
}
