import { judgedBy, type Mutation } from '../mutation.ts';

const commands = 'electron/commands/revocation.ts';
const acme = 'electron/providers/authorities/acme/revocation.ts';
const renew = 'electron/agent/certificates/renew.ts';

/** Which certificate is revoked, by whom and why, and what follows where it is in use. */
export const revocationMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/commands/revocation.machine.test.ts', 'test/security/revoked-certificate.test.ts'],
    [
      {
        breaks: 'a certificate is revoked without being named by its fingerprint',
        file: commands,
        find: 'if (meant !== undefined && facts.fingerprint.startsWith(meant)) return;',
        put: 'if (meant === undefined || facts.fingerprint.startsWith(meant)) return;',
      },
      {
        breaks: 'any fingerprint will do',
        file: commands,
        find: 'if (meant !== undefined && facts.fingerprint.startsWith(meant)) return;',
        put: 'if (meant !== undefined) return;',
      },
      {
        breaks: 'what is revoked is whatever lies behind the row',
        file: commands,
        find: 'if (isDeepStrictEqual([fingerprint, serial, names], [stored.fingerprint, stored.serial, stored.names]))',
        put: 'if (facts !== null)',
      },
      {
        breaks: 'the default authority is asked to revoke what another one issued',
        file: commands,
        find: 'const authority = order === null ? null : database.authorities.find(order.authorityId);',
        put: 'const authority = order === null ? null : database.authorities.default();',
      },
      {
        breaks: 'a certificate that was not ordered here is revoked by the account of another authority',
        file: commands,
        find: 'const authority = order === null ? null : database.authorities.find(order.authorityId);',
        put: "const authority = database.authorities.find(order?.authorityId ?? '') ?? database.authorities.default();",
      },
      {
        breaks: 'the CA is given another reason than the one that was named',
        file: commands,
        find: 'return revoke(tools, { facts, leafPem, authority, reason: input.reason, key: null }, context);',
        put: "return revoke(tools, { facts, leafPem, authority, reason: 'unspecified', key: null }, context);",
      },
      {
        breaks: 'a reason is kept that the CA did not take',
        file: commands,
        find: 'reason: already ? null : reason }',
        put: 'reason }',
      },
      {
        breaks: 'by key, a certificate is revoked that the fingerprint does not name',
        file: commands,
        find: '        mustBeMeant(tools, facts, input, line);\n        return',
        put: '        return',
      },
      {
        breaks: 'by key, the account of the authority signs',
        file: commands,
        find: '{ facts, leafPem, authority, reason: input.reason, key }, context);',
        put: '{ facts, leafPem, authority, reason: input.reason, key: null }, context);',
      },
      {
        breaks: 'the private key stays in memory after the revocation',
        file: commands,
        find: '        key.wipe();\n',
        put: '',
      },
      {
        breaks: 'a revocation that the CA refused is noted as done',
        file: commands,
        find: "const already = (await authorities.revoke(authority.id, { leafPem, reason, key })) === 'already';",
        put: "const already = (await authorities.revoke(authority.id, { leafPem, reason, key }).catch(() => 'already')) === 'already';",
      },
      {
        breaks: 'where a revoked certificate is in use, it is not renewed until the next turn',
        file: commands,
        find: '  agent.wake(); // where it is in use and renewed automatically, it is renewed now\n',
        put: '',
      },
      {
        breaks: 'a later answer replaces when and why a certificate was revoked',
        file: 'electron/database/certificates.ts',
        find: 'WHERE fingerprint = ? AND revoked_at IS NULL',
        put: 'WHERE fingerprint = ?',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/authorities/acme/revocation.test.ts'],
    [
      {
        breaks: 'a private key that is not that of the certificate signs',
        file: acme,
        find: '  mustBeKeyOf(key, leaf);\n',
        put: '',
      },
      {
        breaks: 'the account signs although the key of the certificate was given',
        file: acme,
        find: 'await (signer === null\n',
        put: 'await (signer !== undefined\n',
      },
      {
        breaks: 'a key that was lost is told as superseded',
        file: acme,
        find: "  'key-compromise': 1,",
        put: "  'key-compromise': 4,",
      },
      {
        breaks: 'the reason that was named is not sent',
        file: acme,
        find: '...(code === 0 ? {} : { reason: code })',
        put: '',
      },
      {
        breaks: 'an unspecified reason is sent as one',
        file: acme,
        find: '...(code === 0 ? {} : { reason: code })',
        put: 'reason: code',
      },
      {
        breaks: 'of a chain the issuer is revoked',
        file: acme,
        find: "const leaf = certificatesOf(leafPem)[0] ?? '';",
        put: "const leaf = certificatesOf(leafPem).at(-1) ?? '';",
      },
      {
        breaks: 'asking again after a lost answer is an error',
        file: acme,
        find: "    if (failure.code === 'acme.already-revoked') return 'already';\n",
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/revoked-renewal.test.ts'],
    [
      {
        breaks: 'a certificate that was revoked is renewed when its time comes',
        file: renew,
        find: '  for (const renewal of database.renewals.revoked()) decideAgain(parts, renewal);\n',
        put: '',
      },
      {
        breaks: 'a revoked certificate is renewed again at each turn after a person rejected that',
        file: 'electron/database/renewals.ts',
        find: ' AND r.failures = 0 ORDER BY r.node_id`',
        put: ' ORDER BY r.node_id`',
      },
      {
        breaks: 'what the authority says of a revoked certificate puts its renewal off',
        file: renew,
        find: 'revoked: revoked !== null };',
        put: 'revoked: false };',
      },
      {
        breaks: 'a revoked certificate is renewed although another program has replaced it',
        file: renew,
        find: 'node.certificate !== null && node.certificate.fingerprint !== renewal.fingerprint',
        put: 'node.certificate === null',
      },
      {
        breaks: 'renewals of many revoked certificates begin all in one turn',
        file: renew,
        find: '    if (begun === perTurn) return pauseMs;\n',
        put: '',
      },
    ],
  ),
];
