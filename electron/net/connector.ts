import type { Socket } from 'node:net';
import type { buildConnector as connectors } from 'undici';

/** Opens afresh each time it is called; left out: TCP to the destination itself. */
type OpenSocket = () => Promise<Socket>;

/** As undici opens a connection, over a socket that something else opens where one is given. */
export type Connector = (
  options: connectors.Options,
  done: connectors.Callback,
  openSocket?: OpenSocket,
) => void;
