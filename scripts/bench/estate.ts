import { newId } from '#kit/ids.ts';
import type { Database } from '../../electron/database/database.ts';
import { aCertificate, aFoundNode, anOrder } from '../../test/make/certificate-rows.ts';
import { day } from '../../test/make/database.ts';
import { anAuthority, anEndpoint } from '../../test/make/rows.ts';
import { aTask } from '../../test/make/task-rows.ts';

const count = 1000;

/** 1,000 endpoints found at that time, each with a node, its certificate, and the task and order it came from; nothing is due. */
export function fillWithAThousand(db: Database, at: number): void {
  const authority = anAuthority();
  db.authorities.insert(authority);
  for (let number = 0; number < count; number++) {
    const endpoint = anEndpoint({ id: newId('ep'), name: `web${number}`, discoveredAt: at });
    db.endpoints.insert(endpoint);
    const times = { notBefore: at - 30 * day, notAfter: at + 60 * day };
    const certificate = aCertificate(`leaf-${number}`, {
      ...times,
      firstSeenAt: at,
      orderNumber: 1001 + number,
    });
    db.certificates.upsert(certificate);
    const { orderNumber: _n, chainPem: _c, firstSeenAt: _f, revoked: _r, ...facts } = certificate;
    const [node] = db.nodes.reconcile(
      endpoint.id,
      [aFoundNode(`site-${number}`, { certificate: facts })],
      at,
    );
    const task = aTask({
      id: newId('task'),
      endpointId: endpoint.id,
      nodeId: node?.id ?? null,
      state: 'succeeded',
      finishedAt: at,
    });
    db.tasks.insert(task);
    db.orders.insert(
      anOrder({
        id: newId('ord'),
        authorityId: authority.id,
        taskId: task.task.id,
        nodeId: node?.id ?? '',
        state: 'collected',
        certificateFingerprint: certificate.fingerprint,
      }),
    );
  }
}
