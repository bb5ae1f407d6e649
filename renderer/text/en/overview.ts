import { count } from './count.ts';
import { endpoints } from './endpoints.ts';

export const overview = {
  title: 'Overview',
  served: 'What is served',
  managed: (managed: number, total: number) => `${managed} of ${count(total, 'node')} managed`,
  same: (number: number) => `${number} OK`,
  notServed: (number: number) => `${number} with problems`,
  unknown: (number: number) => `${number} not verified`,
  expiring: 'Expired or expiring in 30 days',
  expiringNote: (week: number, expired: number) => `${expired} expired, ${week} within 7 days`,
  approvals: 'Plans to approve',
  approvalsNote: 'Nothing changed yet',
  noApprovals: 'Nothing is waiting for approval',
  tasks: 'Tasks in progress',
  tasksNote: (waiting: number, failed: number) => `${waiting} waiting, ${failed} failed today`,
  endpoints: 'Endpoints',
  endpointsNote: (nodes: number) => `with ${count(nodes, 'node')}`,
  worst: 'Needs attention first',
  nothingWorse: 'No node needs attention.',
  recent: 'Latest tasks',
  allTasks: 'All tasks',
  start: 'Every certificate renewed, served and proved',
  startText: 'Trustkeep watches the servers of this network from inside it and only ever dials out.',
  steps: [
    { title: 'Add an endpoint', text: endpoints.noneHint },
    { title: 'Discover its nodes', text: 'Each server block or file, with the certificate it serves now.' },
    {
      title: 'Request a certificate',
      text: 'The plan shows every file, line and command before anything changes.',
    },
    {
      title: 'Approve and watch',
      text: 'The task ends when the new certificate is proved to be served, or the old one is restored.',
    },
  ],
  startButton: 'Add the first endpoint',
};
