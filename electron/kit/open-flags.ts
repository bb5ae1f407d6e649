import { constants } from 'node:fs';

/** To read a file that others may have put there: a named pipe in its place is opened at once instead of waited for. */
export const readWithoutWaiting = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
