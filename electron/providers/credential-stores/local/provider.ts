import type { LocalStoreSettings } from '#shared/catalog/credential-stores/local.ts';
import { type StoreProvider, sealsNothing } from '../credential-store.ts';
import { LocalStore } from './local.ts';

/** Its credentials are rows of our own database, sealed one by one where they are added. */
export const local: StoreProvider<LocalStoreSettings> = {
  make: ({ name, rows, clock }) => new LocalStore({ name, rows: rows(), clock }),
  sealing: sealsNothing,
  watched: false,
};
