import { told } from '#shared/model/connection.ts';
import { idOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import { closeConnection, openStored } from '../open-connection.ts';
import type { AgentParts } from '../parts.ts';
import type { OpenConnection, Outcome, StepTools } from '../steps/step.ts';

/** Tools for one drive of one task: the connection is opened on first use and closed by `end`. */
export function openTools(
  parts: AgentParts,
  task: Task,
  signal: AbortSignal,
): { tools: StepTools; end(): Promise<void> } {
  let current: Promise<OpenConnection> | null = null;
  let logIn: string | null = null;
  const endpointId = idOf(task.subject, 'endpoint') ?? '';
  const why = task.finishedAt === null ? 'for work' : 'to clear up';
  const drop = async (): Promise<void> => {
    const open = current;
    current = null;
    if (open === null) return;
    await open.then(closeConnection, () => {});
  };
  const tools: StepTools = {
    database: parts.database,
    clock: parts.clock,
    log: parts.log.in(task.id),
    signal,
    probeTls: parts.probeTls,
    acceptsConnections: parts.acceptsConnections,
    proofPatienceMs: parts.settings().proof_seconds * 1000,
    authority: parts.authority,
    machineRoots: parts.machineRoots,
    openConnection() {
      if (current !== null) return current; // whoever opened it has said with which login
      const opening = openStored(parts, endpointId, signal, why);
      current = opening;
      opening.then(
        (open) => {
          logIn = logInOf(parts, endpointId, open);
        },
        () => {
          if (current === opening) current = null;
        },
      );
      return opening;
    },
    dropConnection: drop,
    takeLogIn() {
      const said = logIn;
      logIn = null;
      return said;
    },
    audit(action, subject, outcome, sentence) {
      parts.database.audit.append({
        at: parts.clock.now(),
        origin: 'agent',
        actor: null,
        action,
        subject,
        outcome,
        sentence,
      });
    },
  };
  return { tools, end: drop };
}

/** Null where no one logs in: on this machine. */
function logInOf({ database }: AgentParts, endpointId: string, { connection }: OpenConnection) {
  const row = database.endpoints.get(endpointId);
  if (row !== null && told(row.connection).login === null) return null;
  return `Logged in: ${connection.description}, ${connection.credentialUsed}.`;
}

/** The step that connected says with which credential. */
export function withLogIn(outcome: Outcome, logIn: string | null): Outcome {
  if (logIn === null || outcome.kind === 'failed' || outcome.kind === 'cancelled') return outcome;
  return { ...outcome, sentence: `${outcome.sentence} ${logIn}` };
}
