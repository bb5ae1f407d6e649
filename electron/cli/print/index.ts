import type { InferContractRouterOutputs } from '@orpc/contract';
import { shellWord } from '#kit/shell-word.ts';
import type { Contract } from '#shared/contract/index.ts';
import type { CliCommand } from '../model.ts';
import { type Paper, pairs } from '../table.ts';
import { aboutPage, licensePage } from './about.ts';
import {
  accountPage,
  auditTable,
  authorityPage,
  authorityTable,
  authorityTestPage,
  foundTable,
  importedPage,
  keychainPage,
  pausedPage,
  recoveryPage,
  rotatedPage,
  statusPage,
  verdictPage,
} from './agent.ts';
import { autoupdatePage } from './autoupdate.ts';
import { backupPage, restorePage } from './backups.ts';
import {
  certificatePage,
  certificateTable,
  orderPage,
  orderTable,
  rehearsalPage,
  revokedPage,
} from './certificates.ts';
import { channelPage, channelReportPage, channelTable } from './channels.ts';
import {
  addedStorePage,
  storePage,
  storeReportPage,
  storeTable,
  updatedStorePage,
} from './credential-stores.ts';
import { changedCredentialLine, credentialPage, credentialTable, revealedPage } from './credentials.ts';
import { addedPage, endpointPage, endpointTable, probePage, updatedPage } from './endpoints.ts';
import { nodePage, nodeTable, servedPage } from './nodes.ts';
import { notificationCountPage, notificationTable } from './notifications.ts';
import { overviewPage } from './overview.ts';
import { approvalPage, approvalTable, decidedPage, planPage } from './plan.ts';
import { proxyPage, proxyReportPage } from './proxy.ts';
import { settingsPage } from './settings.ts';
import { taskPage, taskTable } from './tasks.ts';

type Outputs = InferContractRouterOutputs<Contract>;

/** How people see the output of a command; one without an entry is shown as names and values. */
const printers: {
  [Noun in keyof Outputs]: {
    [Verb in keyof Outputs[Noun]]?: (output: Outputs[Noun][Verb], paper: Paper) => string[];
  };
} = {
  agent: {
    status: statusPage,
    about: aboutPage,
    license: licensePage,
    overview: overviewPage,
    pause: pausedPage,
    resume: ({ wasPaused }) => [
      wasPaused ? 'The pause was ended; automatic work continues.' : 'There was no pause.',
    ],
    find: foundTable,
    stop: () => ['The agent will stop as soon as its running steps are done.'],
    show: () => ['The window was brought to the front.'],
  },
  settings: { show: settingsPage, set: settingsPage },
  outbox: {},
  secrets: {
    state: keychainPage,
    choose: keychainPage,
    unlock: keychainPage,
    recover: keychainPage,
    rotate: rotatedPage,
    recoveryKey: recoveryPage,
  },
  endpoints: {
    add: addedPage,
    list: endpointTable,
    show: endpointPage,
    update: updatedPage,
    remove: () => ['The endpoint was removed. Nothing was changed on it.'],
    probe: probePage,
    discover: ({ taskId }) => [`Discovering its nodes. Task: ${taskId}`],
    restart: ({ taskId }) => [`The restart was started. Task: ${taskId}`],
  },
  nodes: {
    list: nodeTable,
    show: nodePage,
    verify: servedPage,
  },
  certificates: {
    list: certificateTable,
    show: certificatePage,
    request: ({ taskId }) => [`The certificate was requested. Task: ${taskId}`],
    renew: ({ taskId }) => [`The renewal was started. Task: ${taskId}`],
    preview: planPage,
    rehearse: rehearsalPage,
    export: ({ sentence }) => [sentence],
    revoke: revokedPage,
    revokeByKey: revokedPage,
  },
  orders: {
    list: orderTable,
    show: orderPage,
  },
  tasks: {
    list: taskTable,
    show: taskPage,
    cancel: ({ id, state }) => [`Task ${id} is ${state}.`],
  },
  approvals: {
    list: approvalTable,
    show: approvalPage,
    approve: decidedPage,
    reject: decidedPage,
  },
  authorities: {
    add: ({ name, id }) => [`Authority ${name} was added. ID: ${id}`],
    list: authorityTable,
    show: authorityPage,
    update: ({ name, id }) => [`Authority ${name} was changed. ID: ${id}`],
    remove: () => ['The authority was removed.'],
    test: authorityTestPage,
    accountShow: ({ account }) =>
      account === null ? ['The CA has no account for this authority.'] : accountPage(account),
    accountUpdate: accountPage,
    accountRollKey: accountPage,
    accountDeactivate: accountPage,
    accountRegister: accountPage,
    accountImport: importedPage,
    root: ({ pem }) => pem.trimEnd().split('\n'),
  },
  credentialStores: {
    add: addedStorePage,
    list: storeTable,
    show: storePage,
    update: updatedStorePage,
    verify: storeReportPage,
    remove: () => ['The credential store was removed.'],
  },
  credentials: {
    add: changedCredentialLine('added'),
    list: credentialTable,
    get: credentialPage,
    reveal: revealedPage,
    update: changedCredentialLine('changed'),
    remove: () => ['The credential was removed.'],
  },
  proxy: { get: proxyPage, set: proxyPage, confirm: proxyPage, test: proxyReportPage },
  autoupdate: {
    get: autoupdatePage,
    enable: autoupdatePage,
    disable: autoupdatePage,
    set: autoupdatePage,
    check: autoupdatePage,
    install: ({ sentence }) => [sentence],
    cancel: ({ sentence }) => [sentence],
    goBack: () => ['The previous version is put back and starts.'],
  },
  backups: {
    create: backupPage,
    restore: restorePage,
  },
  notifications: {
    list: notificationTable,
    count: notificationCountPage,
    markRead: () => ['Marked as read.'],
  },
  channels: {
    add: ({ name, id }) => [
      `Channel ${name} was added. ID: ${id}`,
      `Send a test: trustkeep channels test ${shellWord(name)}`,
    ],
    list: channelTable,
    show: channelPage,
    update: ({ name, id }) => [`Channel ${name} was changed. ID: ${id}`],
    remove: () => ['The channel was removed.'],
    test: channelReportPage,
  },
  audit: {
    list: auditTable,
    verify: verdictPage,
  },
};

export function printed({ path }: Pick<CliCommand, 'path'>, output: unknown, paper: Paper): string[] {
  const printer = printerOf(path);
  if (printer !== undefined) return printer(output, paper);
  return pairs(
    Object.entries((output ?? {}) as Record<string, unknown>).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** The contract has checked what comes in: each printer gets the output of its own command. */
function printerOf(path: string): ((output: unknown, paper: Paper) => string[]) | undefined {
  const [noun = '', verb = ''] = path.split('.');
  const verbs: unknown = Reflect.get(printers, noun);
  return typeof verbs === 'object' && verbs !== null ? Reflect.get(verbs, verb) : undefined;
}

/** For the test that every command is drawn for people. @internal */
export function isPrinted(path: string): boolean {
  return printerOf(path) !== undefined;
}
