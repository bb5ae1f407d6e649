import type { ServedFact } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import { agentItself, type Caller } from '../caller.ts';
import type { Domain } from '../domain.ts';
import { aboutNode, findEndpoint, findNode } from '../find.ts';
import { firstTurnMs } from '../loops/loop.ts';
import { withSession } from '../sessions.ts';
import { gatherPlan, mustBeInstallable } from '../steps/plan.ts';
import { certifyKind } from './certify-kind.ts';
import { renewTurn } from './renew.ts';
import { watchNode, watchTurn } from './watch.ts';
import { type CertificateWish, inputOfRenewal, inputOfWish } from './wishes.ts';

interface CertificateCommands {
  request(wish: CertificateWish, caller: Caller): Task;
  /** The same terms again as those of the last order. Failure `renewal.not-managed`. */
  renew(nodeId: string, caller: Caller): Task;
  /** The plan a request would make now. Changes and stores nothing. */
  preview(wish: CertificateWish): Promise<Plan>;
  /** Looks from outside at what a node serves and keeps the fact. */
  verify(nodeId: string): Promise<ServedFact>;
}

/** Requesting, renewing and watching certificates. */
export const certificates: Domain<CertificateCommands> = {
  taskKinds: [certifyKind],
  open({ parts, events, changes, notifications, begin }) {
    const { database } = parts;
    const renew = (nodeId: string, caller: Caller): Task => {
      const node = findNode(database, nodeId);
      return begin(certifyKind.kind, aboutNode(node), caller, inputOfRenewal(database, node));
    };
    const watching = { ...parts, changed: (id: string) => changes.node(id) };
    const renewing = {
      ...parts,
      renew: (nodeId: string) => renew(nodeId, agentItself),
      replacedElsewhere: notifications.replacedElsewhere.bind(notifications),
      changed: (id: string) => events.changed('nodes', id),
    };
    return {
      commands: {
        request(wish, caller) {
          const node = findNode(database, wish.nodeId);
          mustBeInstallable(node);
          return begin(certifyKind.kind, aboutNode(node), caller, inputOfWish(wish));
        },
        renew,
        preview(wish) {
          const node = findNode(database, wish.nodeId);
          const endpoint = findEndpoint(database, node.endpointId);
          const input = inputOfWish(wish);
          return withSession(parts, endpoint.id, (session) =>
            gatherPlan({ database, endpoint, node, session, input }),
          );
        },
        async verify(nodeId) {
          const node = findNode(database, nodeId);
          return (await watchNode(watching, node)) ?? node.served;
        },
      },
      loops: [
        {
          name: 'renew',
          firstTurnMs,
          wokenBy: ['agent', 'ended-task'],
          turn: () => renewTurn(renewing),
        },
        { name: 'watch', firstTurnMs, wokenBy: ['agent'], turn: () => watchTurn(watching) },
      ],
    };
  },
};
