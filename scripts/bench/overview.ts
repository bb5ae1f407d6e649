import { makeDatabase, now } from '../../test/make/database.ts';
import { fillWithAThousand } from './estate.ts';
import { type Figure, median, ms, range, time } from './measure.ts';

const runs = 5;

/** The overview over 1,000 endpoints, nodes, certificates, orders and tasks, from a database on disk. */
export async function overviewOfAThousand(): Promise<Figure[]> {
  const fixture = makeDatabase();
  try {
    const { database: db } = fixture;
    db.transaction(() => fillWithAThousand(db, now));
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
