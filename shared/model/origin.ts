import { z } from 'zod';

/** Who caused a command: a person in the window, a person or script at the command line, a server, the agent itself. */
export const origin = z.enum(['gui', 'cli', 'server', 'agent']);
export type Origin = z.infer<typeof origin>;
