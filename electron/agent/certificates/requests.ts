import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Order } from '#shared/model/order.ts';
import type { Database } from '../../database/database.ts';
import { type CertifyInput, certifyInput } from '../steps/shapes.ts';

export interface CertificateRequest {
  nodeId: string;
  names?: string[] | undefined;
  authorityId?: string | undefined;
  keyType?: KeyType | undefined;
  profile?: string | undefined;
  days?: number | undefined;
  keyPlace?: KeyPairPlace | undefined;
  newOrder?: boolean | undefined;
  /** Further nodes (IDs) for the same certificate; it is installed on all of them or on none, on this one first. */
  also?: string[] | undefined;
}

/** What a person requests, as the input of a certify task. */
export function inputOfRequest({ nodeId: _node, also: _also, ...rest }: CertificateRequest): CertifyInput {
  return certifyInput.parse({ reason: 'request', ...defined(rest) });
}

/** The same terms again as those of the node's last order. Failure `renewal.not-managed`. */
export function inputOfRenewal(database: Database, node: EndpointNode): CertifyInput {
  const fingerprint = database.renewals.get(node.id)?.fingerprint ?? node.certificate?.fingerprint;
  const certificate = fingerprint === undefined ? null : database.certificates.get(fingerprint);
  if (certificate === null || certificate.orderNumber === null)
    throw new Failure(
      'renewal.not-managed',
      `The certificate of ${node.name} was not obtained through Trustkeep, so it cannot be renewed.`,
      { hint: 'Request a certificate for this node instead.' },
    );
  const order = database.orders.byNumber(certificate.orderNumber);
  const terms =
    order === null
      ? { names: certificate.names }
      : defined({
          names: order.names,
          authorityId: firstChoice(database, order),
          keyType: order.keyType,
          profile: order.terms.profile ?? undefined,
          days: order.terms.days ?? undefined,
        });
  return certifyInput.parse({ reason: 'renewal', replaces: certificate.fingerprint, ...terms });
}

/** An order that went to the fall-back is renewed where it was to go. */
function firstChoice(database: Database, { authorityId, taskId }: Order): string {
  const plan = database.approvals.ofTask(taskId)?.plan;
  return plan?.fallback?.id === authorityId ? plan.authority.id : authorityId;
}

/** Without the fields that are undefined. */
function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
