import { Failure } from '#shared/failure.ts';
import { reload } from './plan-nginx.ts';
import { caOnUnknownName, comment, nginxOnBusyPort, people } from './said-by-others.ts';

/** What went wrong in the rich world. */

export const noProgram = (description: string): Failure =>
  new Failure(
    'endpoint.program-missing',
    `No nginx program was found at the usual places on ${description}.`,
    { hint: 'Install nginx there, or set the nginx program in the settings of the endpoint.' },
  );

export const reloadRefused = (description: string): Failure =>
  new Failure(
    'endpoint.restart-failed',
    `nginx did not load the new configuration on ${description} (${reload.argv.join(' ')}).`,
    {
      hint: 'Check the message and the error log of nginx for the reason.',
      peerSaid: nginxOnBusyPort,
    },
  );

export const planRejected = (): Failure =>
  new Failure('approval.rejected', `The plan was rejected by ${people.colleague}: "${comment}"`);

export const unknownName = (name: string): Failure =>
  new Failure(
    'acme.rejected-identifier',
    `The CA acme.sectigo.com refused the order for ${name}: ${name}: it does not issue for these names.`,
    {
      hint: 'Check the names; with an enterprise CA, have them added to the account and delegated first.',
      peerSaid: caOnUnknownName,
    },
  );
