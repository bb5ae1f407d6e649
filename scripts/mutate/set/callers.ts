import { judgedBy, type Mutation } from '../mutation.ts';

const callers = 'electron/agent/policies/callers.ts';

/** Who may have what carried out. */
export const callerMutations: readonly Mutation[] = judgedBy(
  ['test/unit/agent/callers.test.ts'],
  [
    {
      breaks: 'a server may change endpoints without asking',
      file: callers,
      find: "return mutates ? 'hand' : 'yes';",
      put: "return mutates ? 'yes' : 'yes';",
    },
    {
      breaks: 'a server may use what no rule knows',
      file: callers,
      find: '!Object.hasOwn(nouns, noun) || ',
      put: '',
    },
    {
      breaks: 'a server may read credentials',
      file: callers,
      find: "credentials: 'closed',",
      put: "credentials: 'open',",
    },
    {
      breaks: 'a server may approve its own plan',
      file: callers,
      find: "  'approvals.approve': 'no',\n",
      put: "  'approvals.approve': 'yes',\n",
    },
    {
      breaks: 'a certificate that a server requests needs no approval',
      file: callers,
      find: "'certificates.request': 'approval',",
      put: "'certificates.request': 'yes',",
    },
    {
      breaks: 'a server may cancel the task of another one',
      file: callers,
      find: ' && subject.actor === actor',
      put: '',
    },
    {
      breaks: 'a server may cancel the task of a person of the same name',
      file: callers,
      find: 'subject.origin === origin && ',
      put: '',
    },
    {
      breaks: 'a server may stop the agent',
      file: callers,
      find: "  'agent.stop': 'no',\n",
      put: '',
    },
    {
      breaks: 'a person may forget what is owed to a server',
      file: callers,
      find: "= { 'outbox.acknowledge': 'no' };",
      put: '= {};',
    },
    {
      breaks: 'what claims to be the agent may call everything',
      file: callers,
      find: "    case 'agent': // works through its own parts, never through a call\n      return 'no';",
      put: "    case 'agent': // works through its own parts, never through a call\n      return 'yes';",
    },
  ],
);
