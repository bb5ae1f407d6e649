import type { z } from 'zod';
import type { rehearsal, revocation } from '#shared/contract/certificates.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import { firstOf } from '#shared/model/first-of.ts';
import type { Order } from '#shared/model/order.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';
import { checkLines } from './endpoints.ts';
import { commonName } from './nodes.ts';

type Rehearsal = z.infer<typeof rehearsal>;
type Revocation = z.infer<typeof revocation>;
type Row = Omit<Certificate, 'chainPem'> & { usedBy: { name: string }[] };

export function certificateTable(rows: readonly Row[], paper: Paper): string[] {
  if (rows.length === 0) return ['There are no certificates yet.'];
  return table(
    rows,
    [
      { head: 'names', value: ({ names, subject }) => firstOf(names) || subject },
      {
        head: 'order',
        value: ({ orderNumber }) => (orderNumber === null ? 'External' : String(orderNumber)),
      },
      { head: 'issuer', value: ({ issuer }) => commonName(issuer) },
      {
        head: 'expires',
        value: ({ notAfter, revoked }) => (revoked === null ? when(notAfter, paper.now) : 'revoked'),
      },
      { head: 'key', value: ({ keyType }) => keyType },
      { head: 'used by', value: ({ usedBy }) => firstOf(usedBy.map(({ name }) => name)) || '-' },
      { head: 'fingerprint', value: ({ fingerprint }) => fingerprint.slice(0, 16), whole: true },
    ],
    paper,
  );
}

export function certificatePage(certificate: Certificate, { now }: Paper): string[] {
  return [
    ...pairs([
      ['Names', certificate.names.join(', ')],
      ['Subject', certificate.subject],
      ['Issuer', certificate.issuer],
      ['Order', certificate.orderNumber === null ? 'External' : String(certificate.orderNumber)],
      ['Valid from', dated(certificate.notBefore, now)],
      ['Expires', dated(certificate.notAfter, now)],
      ['Revoked', revokedWord(certificate, now)],
      ['Key', certificate.keyType],
      ['Serial', certificate.serial],
      ['Fingerprint', certificate.fingerprint],
    ]),
    ...(certificate.chainPem === '' ? [] : ['', ...certificate.chainPem.trimEnd().split('\n')]),
  ];
}

function revokedWord({ revoked }: Certificate, now: number): string | null {
  if (revoked === null) return null;
  return `${dated(revoked.at, now)}${revoked.reason === null ? '' : `, ${revoked.reason}`}`;
}

export function rehearsalPage({ ok, names, authority, host, checks }: Rehearsal, paper: Paper): string[] {
  const what = `${firstOf(names)} at ${host}, the test directory of ${authority}`;
  return [
    ok ? `The rehearsal passed: ${what}.` : `The rehearsal failed: ${what}.`,
    ...checkLines(checks, paper),
    'Nothing was installed, and neither the account nor the rate limits of the real directory were used.',
  ];
}

export function revokedPage({ authority, names, fingerprint, reason, already, inUse }: Revocation): string[] {
  const what = `The certificate ${fingerprint.slice(0, 16)} for ${firstOf(names)}`;
  const served = inUse.some((one) => one.served);
  return [
    already
      ? `${what} had already been revoked at ${authority}, whatever the reason given then. Nothing was changed.`
      : `${what} was revoked at ${authority} (${reason}).`,
    ...(inUse.length === 0 ? ['It is not in use on any known node.'] : []),
    ...(served ? ['It is still served. Renew it now: trustkeep certificates renew NODE'] : []),
    ...inUse.map((one) => `  ${one.name}: ${one.served ? 'still served. ' : ''}${one.sentence}`),
  ];
}

export function orderTable(orders: readonly Order[], paper: Paper): string[] {
  if (orders.length === 0) return ['There are no orders yet.'];
  return table(
    orders,
    [
      { head: 'number', value: ({ number }) => String(number), right: true, whole: true },
      { head: 'state', value: ({ state }) => state },
      { head: 'authority', value: ({ authorityName }) => authorityName },
      { head: 'names', value: ({ names }) => firstOf(names) },
      { head: 'placed', value: ({ createdAt }) => when(createdAt, paper.now) },
      { head: 'task', value: ({ taskId }) => taskId, whole: true },
    ],
    paper,
  );
}

export function orderPage(order: Order, { now }: Paper): string[] {
  return pairs([
    ['Order number', String(order.number)],
    ['State', order.state],
    ['Authority', order.authorityName],
    ['Names', order.names.join(', ')],
    ['Key type', order.keyType],
    ['Profile', order.terms.profile],
    ['Placed', dated(order.createdAt, now)],
    ['Changed', dated(order.updatedAt, now)],
    ['Task', order.taskId],
    ['Certificate', order.certificateFingerprint],
    ['Refused', order.refusedBecause?.sentence ?? null],
  ]);
}
