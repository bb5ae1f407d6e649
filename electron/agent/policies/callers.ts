import type { Contract } from '#shared/contract/index.ts';
import type { Origin } from '#shared/model/origin.ts';

/** What a call is about, as far as a rule asks for it. */
export interface CallSubject {
  kind: 'task';
  /** Who began it. */
  origin: Origin;
  actor: string | null;
}

export interface Call {
  /** `endpoints.update`. */
  command: string;
  /** Whether the contract says that it changes something. */
  mutates: boolean;
  origin: Origin;
  actor: string | null;
  /** Null: nothing that a rule asks for. */
  subject: CallSubject | null;
}

/**
 * `ask`: a person decides. With `by: 'approval'` the call begins a task whose plan waits for a person; with
 * `by: 'hand'` there is no plan to read, so the person is told, and does it himself or leaves it.
 */
type CallDecision = { answer: 'yes' } | { answer: 'no' } | { answer: 'ask'; by: 'approval' | 'hand' };

type Rule = 'yes' | 'no' | 'approval' | 'hand' | 'own task';

/** Of a server. `open`: reading is fine, changing is a person's. `closed`: nothing at all. */
const nouns: Record<keyof Contract, 'open' | 'closed'> = {
  agent: 'open',
  secrets: 'closed',
  endpoints: 'open',
  nodes: 'open',
  certificates: 'open',
  orders: 'open',
  tasks: 'open',
  approvals: 'open',
  authorities: 'closed',
  credentialStores: 'closed',
  credentials: 'closed',
  proxy: 'closed',
  autoupdate: 'closed',
  backups: 'closed',
  notifications: 'closed',
  channels: 'closed',
  audit: 'open',
  settings: 'closed',
  outbox: 'open',
};

/** Of a server, before the rule of the noun. @internal */
export const serverExceptions: Readonly<Record<string, Rule>> = {
  // both lead to a plan
  'certificates.request': 'approval',
  'certificates.renew': 'approval',
  // a yes on this machine is a person's of this machine
  'approvals.approve': 'no',
  'approvals.reject': 'no',
  // what it began it may end, before anything was changed
  'tasks.cancel': 'own task',
  'outbox.acknowledge': 'yes',
  // for who sits at the screen
  'agent.show': 'no',
  'agent.pause': 'no',
  'agent.resume': 'no',
  'agent.stop': 'no',
};

/** Of a person: everything but to forget what is owed to somebody else. @internal */
export const personExceptions: Readonly<Record<string, Rule>> = { 'outbox.acknowledge': 'no' };

/** Whether a caller may have a command carried out. Pure; asked for every call, whichever way it came. */
export function decideCall(call: Call): CallDecision {
  switch (ruleOf(call)) {
    case 'yes':
      return { answer: 'yes' };
    case 'approval':
      return { answer: 'ask', by: 'approval' };
    case 'hand':
      return { answer: 'ask', by: 'hand' };
    case 'own task':
      return { answer: isOwn(call) ? 'yes' : 'no' };
    case 'no':
      return { answer: 'no' };
  }
}

function ruleOf({ command, mutates, origin }: Call): Rule {
  switch (origin) {
    case 'gui':
    case 'cli':
      return personExceptions[command] ?? 'yes';
    case 'agent': // works through its own parts, never through a call
      return 'no';
    case 'server':
      return serverExceptions[command] ?? ruleOfNoun(command.split('.')[0] ?? '', mutates);
  }
}

function ruleOfNoun(noun: string, mutates: boolean): Rule {
  if (!Object.hasOwn(nouns, noun) || nouns[noun as keyof Contract] === 'closed') return 'no';
  return mutates ? 'hand' : 'yes';
}

function isOwn({ origin, actor, subject }: Call): boolean {
  return subject !== null && subject.origin === origin && subject.actor === actor;
}
