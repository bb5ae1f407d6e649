import { afterEach, beforeEach } from 'vitest';
import type { Database } from '../../../electron/database/database.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { type NodeRequest, storeNodes } from '../../make/estate.ts';
import { anEndpoint } from '../../make/rows.ts';

/** The endpoint "web" in a store, and what the overview says of it. */

let fixture: TestDatabase;
export let db: Database;
export let endpointId: string;

/** Every test starts with a new store that has the endpoint alone. */
export function prepareEstate(): void {
  beforeEach(() => {
    fixture = makeDatabase();
    db = fixture.database;
    const endpoint = anEndpoint({ name: 'web' });
    endpointId = endpoint.id;
    db.endpoints.insert(endpoint);
  });
  afterEach(() => fixture.remove());
}

export const nodes = (...requests: NodeRequest[]) => storeNodes(db, endpointId, requests);
export const overview = () => db.overview(now);
export const level = () => overview().level;
