import { agent, secrets } from './agent.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { authorities } from './authorities.ts';
import { certificates, orders } from './certificates.ts';
import { endpoints } from './endpoints.ts';
import { nodes } from './nodes.ts';
import { notifications } from './notifications.ts';
import { settings } from './settings.ts';
import { tasks } from './tasks.ts';

/** ONE contract for window, command line and server. */
export const contract = {
  agent,
  secrets,
  endpoints,
  nodes,
  certificates,
  orders,
  tasks,
  approvals,
  authorities,
  notifications,
  audit,
  settings,
};
export type Contract = typeof contract;
