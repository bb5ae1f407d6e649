import type { ConnectionProvider } from '../connection.ts';
import { LocalConnection } from './local.ts';

/** Nothing to log in to, and nobody else to be known. */
export const local: ConnectionProvider<unknown> = {
  connect: async (_settings, _login, { clock }) => new LocalConnection(clock),
};
