import type { AboutBuild, AgentStatus } from '#shared/contract/agent.ts';
import type { ChannelRow } from '#shared/contract/channels.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { AuditEntry } from '#shared/model/audit.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Credential, CredentialStore } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Notification } from '#shared/model/notification.ts';
import type { Order } from '#shared/model/order.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import { type Settings, settings } from '#shared/model/settings.ts';
import type { Task } from '#shared/model/task.ts';
import type { AutoupdateStatus } from '#shared/model/update.ts';
import { quietUpdates } from './autoupdate.ts';
import { readyKeychain } from './keychain.ts';

/** All the fake agent knows. */
export interface World {
  now: number;
  status: AgentStatus;
  about: AboutBuild;
  endpoints: Endpoint[];
  nodes: EndpointNode[];
  renewals: Renewal[];
  certificates: Certificate[];
  orders: Order[];
  tasks: Task[];
  plans: Map<string, Plan>;
  approvals: Approval[];
  authorities: Authority[];
  notifications: Notification[];
  channels: ChannelRow[];
  audit: AuditEntry[];
  settings: Settings;
  recoveryKey: string | null;
  stores: CredentialStore[];
  credentials: Credential[];
  /** Every read of a credential, `store id`: a vault counts them. */
  reads: string[];
  proxy: ProxyState;
  trips: ProxyTrip[];
  updates: AutoupdateStatus;
  /** 1: seconds last as long as seconds. */
  pace: number;
  /** Checking an endpoint that is added takes until the person gives up. */
  largeEndpoints: boolean;
}

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

const about: AboutBuild = {
  version: '0.1.0',
  build: 'not-signed',
  parts: [
    { name: '@fluentui/react-components', version: '9.74.11', license: 'MIT' },
    { name: 'better-sqlite3', version: '13.2.0', license: 'MIT' },
    { name: 'electron', version: '45.4.1', license: 'MIT' },
  ],
};

export function emptyWorld(now: number): World {
  return {
    now,
    about,
    status: {
      name: null,
      version: '0.1.0',
      startedAt: now - 3 * day - 4 * hour,
      face: 'desktop',
      dataDirectory: '/home/mara/.local/share/trustkeep',
      pid: 4711,
      keychain: readyKeychain('os-keychain'),
      pause: null,
      renewals: { lastCheckAt: now - 4 * minute, silentSince: null },
    },
    endpoints: [],
    nodes: [],
    renewals: [],
    certificates: [],
    orders: [],
    tasks: [],
    plans: new Map(),
    approvals: [],
    authorities: [
      {
        id: 'ca_local',
        name: 'local',
        kind: 'local',
        isDefault: true,
        settings: { kind: 'local', commonName: 'Trustkeep local root', leafDays: 90, permittedNames: [] },
        createdAt: now - 40 * day,
      },
    ],
    notifications: [],
    channels: [],
    audit: [],
    settings: settings.parse({}),
    recoveryKey: null,
    stores: [
      {
        id: 'cs_default',
        name: 'trustkeep-store',
        kind: 'local',
        settings: { kind: 'local' },
        report: null,
        createdAt: now - 40 * day,
        updatedAt: now - 40 * day,
      },
    ],
    credentials: [],
    reads: [],
    proxy: { route: { mode: 'none' }, bypass: [], hasPassword: false, revertsAt: null },
    trips: [],
    updates: quietUpdates(now),
    pace: 1,
    largeEndpoints: false,
  };
}

/** A hash that looks like one and is the same every time. */
export function fakeHash(seed: string): string {
  let state = 2166136261;
  let out = '';
  for (let round = 0; out.length < 64; round += 1) {
    for (const letter of `${seed}#${round}`) state = Math.imul(state ^ letter.charCodeAt(0), 16777619) >>> 0;
    out += state.toString(16).padStart(8, '0');
  }
  return out.slice(0, 64);
}
