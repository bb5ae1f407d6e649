import { judgedBy, type Mutation } from '../mutation.ts';

const account = 'electron/providers/authorities/acme/foreign-account.ts';
const files = 'electron/providers/authorities/acme/foreign-files.ts';
const importing = 'electron/providers/authorities/acme/import-account.ts';
const keys = 'electron/providers/authorities/acme/account-keys.ts';

/** Accounts that another ACME client registered: which one is taken, and when nothing is changed. */
export const foreignAccountMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/providers/authorities/acme/foreign-account.test.ts'],
    [
      {
        breaks: 'the one account in a folder that was not read to its end is taken',
        file: account,
        find: '  if (found.cut) throw tooLarge(path);\n',
        put: '',
      },
      {
        breaks: 'of several accounts the first is taken',
        file: account,
        find: '  if (candidates.length > 1) throw several(path, candidates);\n',
        put: '',
      },
      {
        breaks: 'the account of another CA is taken beside that of this one',
        file: account,
        find: 'here.length > 0 ? here : all',
        put: 'all',
      },
      {
        breaks: 'an address that another CA gave is asked at',
        file: account,
        find: 'new URL(url).origin === new URL(directoryUrl).origin',
        put: 'new URL(directoryUrl).origin !== null',
      },
      {
        breaks: 'a key that ACME does not sign with is taken',
        file: account,
        find: 'if (key !== null && signs(key))',
        put: 'if (key !== null)',
      },
      {
        breaks: 'EC keys of any curve are taken',
        file: account,
        find: "curves.has(asymmetricKeyDetails?.namedCurve ?? '')",
        put: "asymmetricKeyType === 'ec'",
      },
      {
        breaks: 'what certbot noted of the account is not found',
        file: account,
        find: "read('regr.json')",
        put: "read('..', 'regr.json')",
      },
      {
        breaks: 'what lego noted of the account is not found',
        file: account,
        find: "read('..', 'account.json')",
        put: "read('account.json')",
      },
      {
        breaks: 'what acme.sh noted of the account is not found',
        file: account,
        find: "read('ca.conf')",
        put: "read('account.conf')",
      },
      {
        breaks: 'keys of certificates that lego keeps are taken for keys of accounts',
        file: files,
        find: "path.endsWith('.key') && basename(dirname(path)) === 'keys'",
        put: "path.endsWith('.key')",
      },
      {
        breaks: 'files of any size are read as keys',
        file: files,
        find: "  if (bytes.length > most.bytes) throw new Error('too large');\n",
        put: '',
      },
      {
        breaks: 'links that lead in a circle are followed without end',
        file: files,
        find: '    if (seen.has(real)) return;\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/authorities/acme/import-account.test.ts'],
    [
      {
        breaks: 'a key that the CA has no account for takes the place of the present one',
        file: importing,
        find: '  const seen = await registration.lookUp({ ...signer, kid: found.url });\n',
        put: "  const seen = (await registration.lookUp({ ...signer, kid: found.url })) ?? { url: '', status: null, contact: null };\n",
      },
      {
        breaks: 'an account that is over takes the place of the present one',
        file: importing,
        find: 'await registration.lookUp(',
        put: 'await registration.find(',
      },
      {
        breaks: 'a key that waited for the present account takes the place of the imported one',
        file: keys,
        find: '    this.keepNote(this.signerOf(key), noted);\n    this.dropNext();\n',
        put: '    this.keepNote(this.signerOf(key), noted);\n',
      },
      {
        breaks: 'the address that another client noted is kept in place of what the CA answered',
        file: importing,
        find: '{ url: seen.url, contact }',
        put: "{ url: found.url ?? '', contact }",
      },
    ],
  ),
];
