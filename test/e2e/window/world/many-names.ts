import { aboutApproval } from '../../../../electron/agent/notification-words.ts';
import { richWorld } from './rich.ts';
import type { World } from './world.ts';

const names = Array.from({ length: 40 }, (_, at) => `shop-number-${at + 1}.customers.nordhafen.example`);

/** One node with forty names, and everything that speaks of it. */
export function manyNames(now: number): World {
  const world = richWorld(now);
  const approval = world.approvals.find((one) => one.state === 'pending');
  const node = world.nodes.find((one) => one.id === approval?.plan.nodeId);
  if (approval === undefined || node === undefined) throw new Error('approval');
  const { plan } = approval;
  node.serverNames = names;
  node.alias = names.slice(1).join(', ');
  plan.names = names;
  plan.loses = names.slice(20).map((name) => `old-${name}`);
  plan.install.proofs = names.map((name) => ({ address: '10.20.4.11', port: 443, serverName: name }));
  const told = world.notifications.find((one) => one.approvalId !== null || one.taskId === approval.taskId);
  if (told !== undefined) Object.assign(told, aboutApproval(approval));
  for (const order of world.orders.slice(0, 1)) order.names = names;
  for (const certificate of world.certificates)
    if (certificate.fingerprint === node.certificate?.fingerprint) certificate.names = names;
  node.certificate = node.certificate === null ? null : { ...node.certificate, names };
  const placed = world.audit.findLast(
    ({ sentence }) => sentence.includes(node.name) || / for /.test(sentence),
  );
  if (placed !== undefined)
    placed.sentence = placed.sentence.replace(/ for .*\.$/, ` for ${names.join(', ')}.`);
  return world;
}
