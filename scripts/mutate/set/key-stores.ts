import { judgedBy, type Mutation } from '../mutation.ts';

const room = 'electron/pki/key-store';
const change = `${room}/pfx-change.ts`;
const entries = `${room}/pfx-entries.ts`;
const rewrite = `${room}/rewrite-pkcs12.ts`;
const java = `${room}/java-entries.ts`;
const javaStore = `${room}/java-store.ts`;

/** What a rewritten key store must not lose, and what must not open it. */
export const keyStoreMutations: readonly Mutation[] = judgedBy(
  [
    'test/integration/pki/key-store/rules.test.ts',
    'test/integration/pki/key-store/random-pkcs12.test.ts',
    'test/integration/pki/key-store/random-java.test.ts',
    'test/integration/pki/key-store/damaged.test.ts',
  ],
  [
    {
      breaks: 'a certificate that another entry uses goes with the old entry',
      file: change,
      find: '  const needed = new Set([...new Set(others), ...above].map(identity));',
      put: '  const needed = new Set(above.map(identity));',
    },
    {
      breaks: 'certificates of the old entry stay for ever',
      file: change,
      find: '  const goes = new Set(notNeeded.filter((one) => !needed.has(one)));',
      put: '  const goes = new Set<string>();',
    },
    {
      breaks: 'a key is put in the place of a trusted certificate',
      file: change,
      find: "  if (keys.length === 0 && (other?.kind === 'trust' || other?.kind === 'secret'))\n    throw aliasTaken(alias, other.kind);\n",
      put: '',
    },
    {
      breaks: 'one of two keys of the same alias is replaced',
      file: change,
      find: '  if (keys.length > 1) throw aliasAmbiguous(alias, keys.length);\n',
      put: '',
    },
    {
      breaks: 'attributes of the old key are lost',
      file: change,
      find: '    ...(old === null ? name : kept(old.placed.bag)),',
      put: '    ...name,',
    },
    {
      breaks: 'two keys are tied to the same certificate',
      file: change,
      find: "  while (taken.has(candidate(turn).toString('hex'))) turn += 1;\n",
      put: '',
    },
    {
      breaks: 'entries without a name all have the same',
      file: entries,
      find: '    this.#last += 1;\n',
      put: '',
    },
    {
      breaks: 'an issuer is taken by its name alone',
      file: `${room}/chains.ts`,
      find: '      return wanted === null || own === null || wanted.equals(own);',
      put: '      return wanted !== own || own === null;',
    },
    {
      breaks: 'a part without a change is encrypted again',
      file: rewrite,
      find: '  if (same && (scheme === null || staysAsItIs(scheme, rewriting.legacy))) return raw;\n',
      put: '',
    },
    {
      breaks: 'keys that are protected otherwise than asked for stay so',
      file: rewrite,
      find: '    if (staysAsItIs(scheme, legacy)) continue;',
      put: '    if (staysAsItIs(scheme, legacy) || scheme !== null) continue;',
    },
    {
      breaks: 'a store of which a part is hidden is rewritten',
      file: rewrite,
      find: '  if (because !== null) throw cannotRewrite(because);\n',
      put: '',
    },
    {
      breaks: 'salts do not depend on the seed',
      file: `${room}/salts.ts`,
      find: '.update(seed.bytes()).digest();',
      put: '.digest();',
    },
    {
      breaks: 'salts are the same for every content',
      file: `${room}/salts.ts`,
      find: '    const digest = hash.digest();',
      put: '    const digest = Buffer.alloc(32);',
    },
    {
      breaks: 'a PKCS#12 file is not proved by its MAC',
      file: `${room}/pfx-mac.ts`,
      find: '  return found.length === digest.length && timingSafeEqual(found, digest);',
      put: '  return found.length === digest.length || timingSafeEqual(found, digest);',
    },
    {
      breaks: 'a Java key store is not proved by its digest',
      file: javaStore,
      find: '  if (!timingSafeEqual(digest, all.subarray(-digestSize))) throw wrongPasswordOrDamaged();\n',
      put: '',
    },
    {
      breaks: 'what lies behind the last entry of a Java key store is lost',
      file: javaStore,
      find: "  if (bytes.left > 0) throw corrupt('there is something behind its last entry');\n",
      put: '',
    },
    {
      breaks: 'the new key has the password of the store where the old one had its own',
      file: java,
      find: '  const password = (entry.keyPassword ?? own ?? passwords.store).text();',
      put: '  const password = (entry.keyPassword ?? passwords.store).text();',
    },
    {
      breaks: 'aliases of Java are compared as they are written',
      file: `${room}/aliases.ts`,
      find: 'alias.toLowerCase()',
      put: 'alias',
    },
  ],
);
