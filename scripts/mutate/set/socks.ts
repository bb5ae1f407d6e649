import { judgedBy, type Mutation } from '../mutation.ts';

const socks = 'electron/net/proxy/socks.ts';
const failures = 'electron/net/proxy/socks-failures.ts';

/** What a SOCKS 5 proxy is told, and what its refusals mean. */
export const socksMutations: readonly Mutation[] = judgedBy(
  ['test/unit/net/proxy/socks.test.ts'],
  [
    {
      breaks: 'the proxy is given an address of this machine in place of the name',
      file: socks,
      find: 'destination: target,',
      put: "destination: { ...target, host: '127.0.0.1' },",
    },
    {
      breaks: 'a login that was refused is sent again at each request',
      file: socks,
      find: "throw account.refused(names, 'SOCKS 5');",
      put: "throw cannotLogInBySocks('needed', proxy);",
    },
    {
      breaks: 'logins do not take turns',
      file: socks,
      find: '    if (names !== null) await account.myTurn(names).catch(ending(socket));\n',
      put: '',
    },
    {
      breaks: 'the connection stays open when it is not the turn of a login',
      file: socks,
      find: 'await account.myTurn(names).catch(ending(socket));',
      put: 'await account.myTurn(names);',
    },
    {
      breaks: 'after one login no other one has its turn',
      file: socks,
      find: '    account.end();\n',
      put: '',
    },
    {
      breaks: 'the password of a domain account is sent in clear',
      file: socks,
      find: "    if (names?.ntlmOnly) throw cannotLogInBySocks('domain', proxy);\n",
      put: '',
    },
    {
      breaks: 'the length of a password is counted in characters',
      file: socks,
      find: 'Buffer.byteLength(password) <= longestLogin',
      put: 'password.length <= longestLogin',
    },
    {
      breaks: 'the connection stays open when the caller gives up',
      file: socks,
      find: "  signal.addEventListener('abort', stop, { once: true });\n",
      put: '',
    },
    {
      breaks: 'a proxy that takes no login asks for one',
      file: socks,
      find: "cannotLogInBySocks(login ? 'other-method' : 'needed', proxy)",
      put: "cannotLogInBySocks('needed', proxy)",
    },
    {
      breaks: 'what the rules of the proxy forbid is tried again and again',
      file: failures,
      find: "retry: passing ? 'later' : 'needs-person'",
      put: "retry: 'later'",
    },
    {
      breaks: 'a destination that is down for a moment is given up',
      file: failures,
      find: "hint: 'Check that the destination is up and listens at this port.',\n    passing: true,",
      put: "hint: 'Check that the destination is up and listens at this port.',",
    },
  ],
);
