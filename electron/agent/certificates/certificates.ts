import type { EndpointNode, ServedFact } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { Task } from '#shared/model/task.ts';
import { agentItself, type Caller } from '../caller.ts';
import type { Domain, DomainLoop, Ground } from '../domain.ts';
import { aboutNode, findEndpoint, findNode } from '../find.ts';
import { firstTurnMs } from '../loops/loop.ts';
import { withConnection } from '../open-connection.ts';
import type { AgentParts } from '../parts.ts';
import { noteRenewalCheck } from '../renewal-check.ts';
import { gatherPlan, mustBeInstallable } from '../steps/plan.ts';
import { rehearse } from '../steps/rehearse.ts';
import type { CertifyInput } from '../steps/shapes.ts';
import type { OpenConnection } from '../steps/step.ts';
import { webRootAt } from '../steps/web-root.ts';
import { certifyKind } from './certify-kind.ts';
import { forgetStaleIssued } from './issued.ts';
import { renewTurn } from './renew.ts';
import { type CertificateRequest, inputOfRenewal, inputOfRequest } from './requests.ts';
import { beginSeveral, inputsForSeveral, sameCertificate } from './several.ts';
import { unrenewedTurn } from './unrenewed.ts';
import { watchNode, watchTurn } from './watch.ts';

interface Rehearsal {
  ok: boolean;
  checks: ProbeCheck[];
  /** Of the certificate that was rehearsed. */
  plan: Plan;
  /** Host of the test directory. */
  host: string;
}

interface CertificateCommands {
  request(request: CertificateRequest, caller: Caller): Task;
  /** The same terms again as those of the last order. Failure `renewal.not-managed`. */
  renew(nodeId: string, caller: Caller): Task;
  /** The plan a request would make now. Changes and stores nothing. */
  preview(request: CertificateRequest): Promise<Plan>;
  /**
   * Orders a certificate for the same request at the test directory of the authority, and throws it away. What proves
   * control of the names is put up and removed; nothing else is done to the endpoint. Takes minutes at most.
   */
  rehearse(request: CertificateRequest, signal: AbortSignal): Promise<Rehearsal>;
  /** Looks from outside at what a node serves and keeps the fact. */
  verify(nodeId: string): Promise<ServedFact>;
}

/** Requesting, renewing and watching certificates. */
export const certificates: Domain<CertificateCommands> = {
  taskKinds: [certifyKind],
  open({ parts, events, announcer, notifications, pause, begin }) {
    const { database } = parts;
    const several = (nodes: EndpointNode[], input: CertifyInput, caller: Caller): Task =>
      database.transaction(() =>
        beginSeveral(begin, certifyKind.kind, nodes, inputsForSeveral(database, nodes, input), caller),
      );
    const renew = (nodeId: string, caller: Caller): Task => {
      const node = findNode(database, nodeId);
      const input = inputOfRenewal(database, node);
      const nodes = sameCertificate(database, node);
      if (nodes.length > 1) return several(nodes, input, caller);
      return begin(certifyKind.kind, aboutNode(node), caller, input);
    };
    const watching = { ...parts, changed: (id: string) => announcer.node(id) };
    const renewing = {
      ...parts,
      isLive: (id: string) => database.tasks.live(certifyKind.kind, { kind: 'node', id }) !== null,
      renew: (nodeId: string) => renew(nodeId, agentItself),
      replacedElsewhere: notifications.replacedElsewhere.bind(notifications),
      changed: (id: string) => events.changed('nodes', id),
      pausedUntil: () => pause.state()?.until ?? null,
    };
    return {
      commands: {
        request(request, caller) {
          const node = findNode(database, request.nodeId);
          mustBeInstallable(node);
          const others = (request.also ?? []).map((id) => findNode(database, id));
          for (const other of others) mustBeInstallable(other);
          if (others.length > 0) return several([node, ...others], inputOfRequest(request), caller);
          return begin(certifyKind.kind, aboutNode(node), caller, inputOfRequest(request));
        },
        renew,
        preview: (request) => withPlan(parts, request, async (plan) => plan),
        rehearse: (request, signal) =>
          withPlan(parts, { ...request, newOrder: true }, async (plan, { connection }) => {
            const { authority, host } = parts.atTestDirectory(plan.authority.id);
            const webRoot = plan.webRoot ? webRootAt(plan.webRoot, async () => connection) : null;
            const tellLeft = (sentence: string) => notifications.leftByRehearsal(plan, sentence);
            const { clock } = parts;
            const checks = await rehearse({ plan, authority, host, webRoot, clock, signal, tellLeft });
            return { ok: checks.every(({ ok }) => ok), checks, plan, host };
          }),
        async verify(nodeId) {
          const node = findNode(database, nodeId);
          return (await watchNode(watching, node)) ?? node.served;
        },
      },
      loops: loopsOf({ parts, renewing, watching, notifications }),
    };
  },
};

/** The plan of a request as it would be made now, for as long as its endpoint is open. */
function withPlan<T>(
  parts: AgentParts,
  request: CertificateRequest,
  use: (plan: Plan, open: OpenConnection) => Promise<T>,
): Promise<T> {
  const { database } = parts;
  const node = findNode(database, request.nodeId);
  const endpoint = findEndpoint(database, node.endpointId);
  const others = (request.also ?? []).map((id) => findNode(database, id));
  for (const other of others) mustBeInstallable(other);
  const own = inputOfRequest(request);
  const input = others.length === 0 ? own : (inputsForSeveral(database, [node, ...others], own)[0] ?? own);
  return withConnection(parts, endpoint.id, async (open) =>
    use(await gatherPlan({ database, endpoint, node, open, input, now: parts.clock.now() }), open),
  );
}

interface Looping {
  parts: AgentParts;
  renewing: Parameters<typeof renewTurn>[0];
  watching: Parameters<typeof watchTurn>[0];
  notifications: Ground['notifications'];
}

function loopsOf({ parts, renewing, watching, notifications }: Looping): DomainLoop[] {
  return [
    {
      name: 'renew',
      firstTurnMs,
      wokenBy: ['agent', 'ended-task'],
      async turn() {
        const next = await renewTurn(renewing);
        noteRenewalCheck(parts.database, parts.clock.now());
        return next;
      },
    },
    { name: 'watch', firstTurnMs, wokenBy: ['agent'], turn: () => watchTurn(watching) },
    {
      name: 'issued',
      firstTurnMs: 10 * 60_000,
      wokenBy: [],
      turn: async () => forgetStaleIssued(parts),
    },
    {
      name: 'unrenewed',
      // what is served is seen first
      firstTurnMs: 60_000,
      wokenBy: [],
      turn: async () => unrenewedTurn({ ...parts, notify: notifications.notify.bind(notifications) }),
    },
  ];
}
