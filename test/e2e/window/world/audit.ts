import type { AuditEntry, AuditVerdict } from '#shared/model/audit.ts';
import { placeOf } from '#shared/model/subject.ts';
import { people } from './said-by-others.ts';
import { day, fakeHash, hour, minute, type World } from './world.ts';

type Row = Pick<AuditEntry, 'origin' | 'actor' | 'action' | 'sentence' | 'outcome'> & { at: number };

const byAgent = { origin: 'agent', actor: null, outcome: 'ok' } as const;

/** The chain of what was done, by the day on which the rest of the world says so. */
export function addAudit(world: World): void {
  const rows = [...ofEndpoints(world), ...ofOrders(world), ...ofTasks(world), ...ofPeople(world)];
  let previousHash = '0'.repeat(64);
  world.audit = rows
    .sort((a, b) => a.at - b.at)
    .map((row, index): AuditEntry => {
      const hash = fakeHash(previousHash + row.sentence);
      const subject = fakeHash(row.sentence).slice(0, 10);
      const entry = { ...row, subject, number: index + 1, previousHash, hash };
      previousHash = hash;
      return entry;
    });
}

/** Whether every row has the hash of what it says. */
export function verdictOf(audit: readonly AuditEntry[]): AuditVerdict {
  const bad = audit.find((entry) => entry.hash !== fakeHash(entry.previousHash + entry.sentence));
  return {
    ok: bad === undefined,
    entries: audit.length,
    firstBad: bad === undefined ? null : { number: bad.number, sentence: `Entry ${bad.number} was changed.` },
    head: audit.at(-1)?.hash ?? '0'.repeat(64),
  };
}

function ofEndpoints({ endpoints, now }: World): Row[] {
  return endpoints.map(({ type, name }) => ({
    at: now - 36 * day,
    origin: 'cli',
    actor: people.admin,
    outcome: 'ok',
    action: 'endpoints.add',
    sentence: `The ${type} endpoint "${name}" was added.`,
  }));
}

function ofOrders({ orders, certificates, nodes }: World): Row[] {
  return orders.flatMap((order): Row[] => {
    const { number, authorityName, certificateFingerprint, updatedAt: at } = order;
    const found = certificates.find((one) => one.fingerprint === certificateFingerprint);
    const node = nodes.find((one) => one.orderNumber === number);
    if (found === undefined || node === undefined) return [];
    const short = found.fingerprint.slice(0, 16);
    const issued = `Order ${number}: certificate ${short} for ${order.names.join(', ')} was issued by ${authorityName}.`;
    const served = `${node.name} on ${node.endpointName} has certificate ${short} (order ${number}), proved to be served.`;
    return [
      { ...byAgent, at: at - minute, action: 'order.collected', sentence: issued },
      { ...byAgent, at, action: 'install.succeeded', sentence: served },
    ];
  });
}

function ofTasks({ tasks }: World): Row[] {
  return tasks.flatMap(({ kind, state, subject, failure, finishedAt, restored }): Row[] => {
    if (kind !== 'certify' || finishedAt === null) return [];
    const ok = failure === null;
    const back = restored === 'proved' ? ' The previous state is back, and that is proved.' : '';
    return [
      {
        ...byAgent,
        at: finishedAt,
        action: `task.${state}`,
        outcome: ok ? 'ok' : state === 'cancelled' ? 'refused' : 'failed',
        sentence: `Certificate for ${placeOf(subject)}: ${failure?.sentence ?? 'done.'}${back}`,
      },
    ];
  });
}

function ofPeople({ approvals, tasks, now }: World): Row[] {
  const rejected = approvals.find((one) => one.state === 'rejected')?.plan;
  const asked = tasks.find((one) => one.state === 'waiting');
  const by = { origin: 'gui', outcome: 'ok' } as const;
  const rows: Row[] = [];
  if (rejected !== undefined) {
    const what = `${rejected.reason} of ${rejected.names.join(', ')} on ${rejected.endpointName}/${rejected.nodeName}`;
    const sentence = `The plan "${what}" was rejected.`;
    rows.push({ ...by, at: now - 3 * day, actor: people.colleague, action: 'approvals.reject', sentence });
  }
  if (asked !== undefined) {
    const sentence = `A certificate was requested for ${placeOf(asked.subject)}.`;
    rows.push({
      ...by,
      at: now - 12 * minute,
      actor: people.admin,
      action: 'certificates.request',
      sentence,
    });
  }
  rows.push({
    ...by,
    at: now - 2 * hour,
    actor: people.admin,
    action: 'secrets.recoveryKey',
    sentence: 'The recovery key was shown.',
  });
  return rows;
}
