import { systemClock } from '#kit/clock.ts';
import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import type { Agent } from '../../electron/agent/agent.ts';
import type { Caller } from '../../electron/agent/caller.ts';
import type { CertificateRequest } from '../../electron/agent/certificates/requests.ts';
import type { DomainCommands } from '../../electron/agent/domains.ts';
import type { GivenForDraft } from '../../electron/agent/endpoints/probe.ts';
import { Events } from '../../electron/agent/events.ts';
import { PauseControl } from '../../electron/agent/pause.ts';
import { inForce } from '../../electron/agent/updates/in-force.ts';
import { statusOf } from '../../electron/agent/updates/status.ts';
import { readAutoupdate, readMemory } from '../../electron/agent/updates/stored.ts';
import type { Database } from '../../electron/database/database.ts';
import type { MasterKey } from '../../electron/secrets/master-key.ts';
import { aSubject, makeTask } from './task-rows.ts';

/** What the hand-made agent was asked, and what it answers. */
interface AgentScript {
  report: ProbeReport;
  hostKey: string | null;
  /** Thrown by the next probe of a draft. */
  refuse: Error | null;
  /** What others do while a draft is probed. */
  meanwhile: (() => Promise<unknown>) | null;
  probed: ({ draft: Endpoint } & GivenForDraft)[];
  requests: CertificateRequest[];
  begun: { kind: TaskKind; endpointId: string; nodeId: string | null; caller: Caller }[];
  cancelled: string[];
  woken: number;
  /** What a person was told that a server asks for. */
  asked: string[];
}

type Begin = (kind: TaskKind, endpointId: string, nodeId: string | null, caller: Caller) => Task;

function beginner(database: Database, script: AgentScript): Begin {
  return (kind, endpointId, nodeId, caller) => {
    script.begun.push({ kind, endpointId, nodeId, caller });
    const task = makeTask({ kind, subject: aSubject({ endpointId, nodeId }), origin: caller.origin });
    database.tasks.insert({
      task,
      memory: { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
    });
    return task;
  };
}

function domainsOf(database: Database, script: AgentScript): DomainCommands {
  const begin = beginner(database, script);
  return {
    endpoints: {
      probeDraft: async (draft, { login, secrets }) => {
        script.probed.push({ draft, login, ...(secrets === undefined ? {} : { secrets }) });
        if (script.refuse !== null) throw script.refuse;
        await script.meanwhile?.();
        return { report: script.report, identity: script.hostKey };
      },
      probe: async () => script.report,
      restart: (id, caller) => begin('restart', id, null, caller),
    },
    discovery: { discover: (id, caller) => begin('discover', id, null, caller) },
    certificates: {
      request: (request, caller) => {
        script.requests.push(request);
        return begin('certify', database.nodes.get(request.nodeId)?.endpointId ?? '', request.nodeId, caller);
      },
      renew: (nodeId, caller) =>
        begin('certify', database.nodes.get(nodeId)?.endpointId ?? '', nodeId, caller),
      preview: async () => notInScript(),
      rehearse: async () => notInScript(),
      verify: async () => ({ state: 'same', fingerprint: null, sentence: 'As it should be.', at: 1 }),
    },
    channels: {
      test: async () => {
        throw new Error('not in this script');
      },
    },
    upkeep: {},
    updates: {
      status: () => idleUpdates(database),
      check: async () => {},
      failure: () => null,
      enable: () => {},
      disable: () => {},
      install: async () => {},
      cancel: () => {},
      goBack: async () => {},
    },
  };
}

/** Of a checkout, which does not update itself. */
function idleUpdates(database: Database): AutoupdateStatus {
  const release = { keys: [], feed: null, publishers: [] };
  const updates = {
    kind: 'checkout',
    packageName: null,
    version: '1.0.0',
    mark: () => null,
    policy: () => ({}),
    release,
  } as const;
  const settings = readAutoupdate(database);
  return statusOf({
    ...{ phase: { name: 'idle' }, force: inForce(settings, updates), byHand: false, settings, updates },
    ...{ memory: readMemory(database), waitsFor: null, canInstall: false },
  });
}

function notInScript(): never {
  throw new Error('not in this script');
}

function unasked(): AgentScript {
  return {
    report: { ok: true, version: 'nginx 1.22', checks: [], at: 1 },
    hostKey: null,
    refuse: null,
    meanwhile: null,
    probed: [],
    requests: [],
    begun: [],
    cancelled: [],
    woken: 0,
    asked: [],
  };
}

/** An agent that stores its tasks and carries none of them out. */
export function scriptedAgent(
  database: Database,
  masterKey: MasterKey,
): { agent: Agent; script: AgentScript } {
  const script = unasked();
  const agent: Agent = {
    events: new Events(systemClock),
    pause: new PauseControl({ database, clock: systemClock, changed: () => {} }),
    running: () => [],
    start: async () => {},
    stop: async () => {},
    ...domainsOf(database, script),
    cancel: (id) => {
      script.cancelled.push(id);
      const row = database.tasks.get(id);
      if (row === null) throw new Error('no such task');
      return { ...row.task, state: 'cancelled' };
    },
    decide: notInScript,
    wake: () => {
      script.woken++;
    },
    loginLost: () => {},
    proxyReverted: () => {},
    askPerson: (sentence) => {
      script.asked.push(sentence);
    },
    keychainState: () => masterKey.state(),
  };
  return { agent, script };
}
