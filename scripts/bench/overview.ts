import { newId } from '../../electron/kit/ids.ts';
import { aCertificate, aFoundNode, anOrder } from '../../test/make/certificate-rows.ts';
import { makeDatabase, now } from '../../test/make/database.ts';
import { anAuthority, anEndpoint } from '../../test/make/rows.ts';
import { aTask } from '../../test/make/task-rows.ts';
import { type Figure, median, ms, range, time } from './measure.ts';

const count = 1000;
const runs = 5;

/** The overview over 1,000 endpoints, nodes, certificates, orders and tasks, from a database on disk. */
export async function overviewOfAThousand(): Promise<Figure[]> {
  const fixture = makeDatabase();
  try {
    const { database: db } = fixture;
    db.transaction(() => fill(db));
    const took: number[] = [];
    for (let run = 0; run < runs; run++) took.push(await time(() => db.overview(now)));
    const lists: number[] = [];
    for (let run = 0; run < runs; run++) lists.push(await time(() => [db.endpoints.list(), db.nodes.list()]));
    return [
      {
        what: 'Overview over 1,000 endpoints with 1,000 orders',
        figure: `${ms(median(took))} (${range(took)})`,
        goal: '< 20 ms',
        met: median(took) < 20,
        method: `Median of ${runs}, the first with a cold statement cache. As many nodes, certificates and tasks beside.`,
      },
      {
        what: 'All 1,000 endpoints and nodes, parsed',
        figure: `${ms(median(lists))} (${range(lists)})`,
        goal: '–',
        met: null,
        method: 'As the Endpoints screen asks for them; every row is parsed by its schema.',
      },
    ];
  } finally {
    fixture.remove();
  }
}

function fill(db: ReturnType<typeof makeDatabase>['database']): void {
  const authority = anAuthority();
  db.authorities.insert(authority);
  for (let at = 0; at < count; at++) {
    const endpoint = anEndpoint({ id: newId('ep'), name: `web${at}` });
    db.endpoints.insert(endpoint);
    const certificate = aCertificate(`leaf-${at}`, { orderNumber: 1001 + at });
    db.certificates.upsert(certificate);
    const { orderNumber: _n, chainPem: _c, firstSeenAt: _f, revoked: _r, ...facts } = certificate;
    const [node] = db.nodes.reconcile(endpoint.id, [aFoundNode(`site-${at}`, { certificate: facts })], now);
    const task = aTask({
      id: newId('task'),
      endpointId: endpoint.id,
      nodeId: node?.id ?? null,
      state: 'succeeded',
      finishedAt: now,
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
