import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import { idOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database } from '../../database/database.ts';
import type { Caller } from '../caller.ts';
import type { Domain } from '../domain.ts';
import { aboutEndpoint, findEndpoint } from '../find.ts';
import { withConnection } from '../open-connection.ts';
import { type GivenForDraft, type ProbeWatch, probeDraft, reportOfNoConnection } from './probe.ts';
import { restartKind } from './restart-kind.ts';

interface EndpointCommands {
  /** Connects and looks, without storing anything. For `add`, `update` (draft with what was given for it) and `probe`. */
  probeDraft(
    draft: Endpoint,
    given: GivenForDraft,
    watch?: ProbeWatch,
  ): Promise<{ report: ProbeReport; identity: string | null }>;
  /** Probes a stored endpoint and keeps the report. */
  probe(endpointId: string): Promise<ProbeReport>;
  /** Gives the task that has waited for it, where there is one: it restarts, proves and ends. */
  restart(endpointId: string, caller: Caller): Task;
}

/** What is done with an endpoint as a whole. */
export const endpoints: Domain<EndpointCommands> = {
  taskKinds: [restartKind],
  open({ parts, events, begin, resume }) {
    const { database, clock } = parts;
    return {
      commands: {
        probeDraft: (draft, given, watch) => probeDraft(parts, draft, given, watch),
        async probe(endpointId) {
          const connection = database.endpoints.get(endpointId)?.connection;
          const probed = withConnection(parts, endpointId, ({ endpoint }) => endpoint.probe());
          const report = await probed.catch((error: unknown) =>
            reportOfNoConnection(error, clock.now(), connection),
          );
          const row = database.endpoints.get(endpointId);
          if (row !== null) database.endpoints.update({ ...row, probe: report });
          events.changed('endpoints', endpointId);
          return report;
        },
        restart(endpointId, caller) {
          const endpoint = findEndpoint(database, endpointId);
          const waits = waitingForRestart(database, endpointId);
          if (waits !== undefined) return resume(waits.id, { restartAsked: true });
          return begin(restartKind.kind, aboutEndpoint(endpoint), caller, {});
        },
      },
      loops: [],
    };
  },
};

function waitingForRestart({ tasks }: Database, endpointId: string): Task | undefined {
  return tasks
    .inStates(['waiting'])
    .map(({ task }) => task)
    .find(
      ({ subject, waitingFor }) =>
        waitingFor === 'endpoint-restart' && idOf(subject, 'endpoint') === endpointId,
    );
}
