import { isDeepStrictEqual } from 'node:util';
import { implement } from '@orpc/server';
import type { z } from 'zod';
import { inTurns } from '#kit/in-turns.ts';
import { shellWord } from '#kit/shell-word.ts';
import type { revocation } from '#shared/contract/certificates.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { Certificate, CertificateFacts, RevocationReason } from '#shared/model/certificate.ts';
import { firstOf } from '#shared/model/first-of.ts';
import { type EndpointNode, usesCertificate } from '#shared/model/node.ts';
import { mustBeKeyOf } from '../pki/key-of-certificate.ts';
import { certificatesOf } from '../pki/pem.ts';
import { readCertificate } from '../pki/read-certificate.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandContext } from '../transport/context.ts';
import { findAuthority, notFound } from './find.ts';
import type { CommandTools } from './tools.ts';

/** Handshakes at once with those who use what was revoked. */
const atOnce = 8;
const shownOfFingerprint = 16;

interface Asked {
  facts: CertificateFacts;
  leafPem: string;
  authority: { id: string; name: string };
  reason: RevocationReason;
  key: Secret | null;
}

/** Revoking, always by a person who named the very certificate. */
export function revocationCommands(tools: CommandTools) {
  const os = implement(contract.certificates).$context<CommandContext>();
  return {
    revoke: os.revoke.handler(({ input, context }) => {
      const { certificate, authority } = orderedHere(tools, input.certificate);
      const facts = factsInside(certificate);
      const line = `revoke ${shellWord(input.certificate)}`;
      mustBeMeant(tools, facts, input, line);
      const { chainPem: leafPem } = certificate;
      return revoke(tools, { facts, leafPem, authority, reason: input.reason, key: null }, context);
    }),
    revokeByKey: os.revokeByKey.handler(async ({ input, context }) => {
      const authority = findAuthority(tools.database, input.authority);
      const file = await tools.readKeyFile(input.path, 'certificate');
      const [leafPem] = certificatesOf(file.text());
      if (leafPem === undefined) throw noCertificateIn(input.path);
      const facts = readCertificate(leafPem);
      const line = `revoke-by-key ${shellWord(input.path)} --private_key-file KEY --authority ${shellWord(input.authority)}`;
      const key = Secret.of(input.private_key);
      try {
        // before the person confirms: a key that does not fit would only be noticed after it
        mustBeKeyOf(key, leafPem);
        mustBeMeant(tools, facts, input, line);
        return await revoke(tools, { facts, leafPem, authority, reason: input.reason, key }, context);
      } finally {
        key.wipe();
      }
    }),
  };
}

function noCertificateIn(path: string): Failure {
  return new Failure('certificate.unreadable', `${path} contains no certificate. Nothing was revoked.`, {
    hint: 'Name the PEM file of the certificate. It starts with the line -----BEGIN CERTIFICATE-----.',
  });
}

function orderedHere({ database }: CommandTools, named: string) {
  const certificate = database.certificates.find(named);
  if (certificate === null) throw notFound('certificate', named, 'trustkeep certificates list');
  const order = certificate.orderNumber === null ? null : database.orders.byNumber(certificate.orderNumber);
  const authority = order === null ? null : database.authorities.find(order.authorityId);
  if (authority !== null) return { certificate, authority };
  throw new Failure(
    'certificate.not-ordered-here',
    order === null
      ? `The certificate ${short(certificate)} was not ordered by Trustkeep, so no account here can revoke it.`
      : `The authority "${order.authorityName}" that the certificate ${short(certificate)} was ordered from has been removed, and its account with it.`,
    {
      hint: 'Whoever has its private key can revoke it: trustkeep certificates revoke-by-key',
    },
  );
}

/** What is sent is what the row says it is: whoever can write to the database must not choose what a person revokes. */
function factsInside(stored: Certificate): CertificateFacts {
  const facts = readCertificate(stored.chainPem);
  const { fingerprint, serial, names } = facts;
  if (isDeepStrictEqual([fingerprint, serial, names], [stored.fingerprint, stored.serial, stored.names]))
    return facts;
  throw new Failure(
    'certificate.other-stored',
    `What is stored as the certificate ${short(stored)} is the certificate ${short(facts)}. Nothing was revoked.`,
    {
      hint: 'Find out who can write to the database, and ask the operator of the CA to revoke the certificate that you mean.',
    },
  );
}

function short({ fingerprint, names, subject }: CertificateFacts): string {
  return `${fingerprint.slice(0, shownOfFingerprint)}… for ${firstOf(names) || subject}`;
}

/** Throws `certificate.not-confirmed`, which says what would be revoked and where it is in use. */
function mustBeMeant(
  tools: CommandTools,
  facts: CertificateFacts,
  { fingerprint, reason }: { fingerprint?: string | undefined; reason: RevocationReason },
  line: string,
): void {
  const meant = fingerprint?.toLowerCase().replaceAll(':', '');
  if (meant !== undefined && facts.fingerprint.startsWith(meant)) return;
  const users = usersOf(tools, facts.fingerprint).map(placeOf);
  const use = users.length === 0 ? 'It is not in use on any known node' : `It is in use on ${firstOf(users)}`;
  const until = new Date(facts.notAfter).toISOString().slice(0, 10);
  const what = `the certificate ${short(facts)}, serial ${facts.serial}, valid until ${until}`;
  throw new Failure(
    'certificate.not-confirmed',
    meant === undefined
      ? `This would revoke ${what}. ${use}. A revocation cannot be undone; nothing has been done yet.`
      : `The fingerprint ${meant.slice(0, shownOfFingerprint)}… is not that of ${what}. Nothing was revoked.`,
    {
      hint: `If this is the certificate you mean: trustkeep certificates ${line} --reason ${reason} --fingerprint ${facts.fingerprint.slice(0, shownOfFingerprint)}`,
    },
  );
}

async function revoke(
  tools: CommandTools,
  { facts, leafPem, authority, reason, key }: Asked,
  { audit }: CommandContext,
): Promise<z.infer<typeof revocation>> {
  const { database, clock, agent, authorities } = tools;
  const { fingerprint, names } = facts;
  const already = (await authorities.revoke(authority.id, { leafPem, reason, key })) === 'already';
  const by = key === null ? '' : ', signed with its own key';
  audit.commit(
    () =>
      database.certificates.markRevoked(fingerprint, { at: clock.now(), reason: already ? null : reason }),
    () => ({
      subject: fingerprint,
      sentence: already
        ? `The CA of "${authority.name}" says that the certificate ${short(facts)} had already been revoked.`
        : `The CA of "${authority.name}" revoked the certificate ${short(facts)} (${reason}${by}).`,
    }),
  );
  agent.events.changed('certificates', fingerprint);
  agent.wake(); // where it is in use and renewed automatically, it is renewed now
  return { fingerprint, names, authority: authority.name, reason, already, inUse: await seen(tools, facts) };
}

function usersOf({ database }: CommandTools, fingerprint: string): EndpointNode[] {
  return database.nodes.list().filter((node) => usesCertificate(node, fingerprint));
}

function placeOf({ endpointName, name }: EndpointNode): string {
  return `${endpointName}/${name}`;
}

/** Only a handshake makes something served: each is asked now. */
function seen(
  tools: CommandTools,
  { fingerprint }: CertificateFacts,
): Promise<z.infer<typeof revocation>['inUse']> {
  return inTurns(usersOf(tools, fingerprint), atOnce, async (node) => {
    const served = await tools.agent.certificates.verify(node.id).catch(() => node.served);
    return {
      nodeId: node.id,
      name: placeOf(node),
      served: served.fingerprint === fingerprint,
      sentence: served.sentence,
    };
  });
}
