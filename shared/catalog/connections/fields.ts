import type { Field } from '../field.ts';
import { announced } from './announced.ts';
import type { ConnectionTraits } from './definition.ts';
import { connectionCatalog, usualConnection } from './index.ts';

const choice = 'connection_type';
const definitions = Object.values(connectionCatalog);

/** When a path on the endpoint is one on the agent's own machine. */
export const whenHere: NonNullable<Field['when']> = {
  field: choice,
  is: definitions.filter(({ runsHere }) => runsHere).map(({ id }) => id),
};

/** How an endpoint of a type that `takes` such connections is reached: the choice, then what each of them asks for. */
export function connectionFields(takes: (traits: ConnectionTraits) => boolean): Field[] {
  const taken = definitions.filter(takes);
  const named = [...taken, ...announced.filter(takes)];
  const fields = taken.flatMap((definition) => definition.fields);
  const names = [...new Set(fields.map(({ name }) => name))];
  return [
    {
      name: choice,
      label: 'Connection type',
      help: 'How the endpoint is reached.',
      kind: 'choice',
      choices: named.map(({ id }) => id),
      labels: Object.fromEntries(named.map(({ id, label }) => [id, label])),
      default: (taken.find(({ id }) => id === usualConnection.id) ?? taken[0])?.id ?? usualConnection.id,
    },
    ...names.flatMap((name) => {
      const field = fields.find((one) => one.name === name);
      const asking = taken.filter((definition) => definition.fields.some((one) => one.name === name));
      return field === undefined
        ? []
        : [{ ...field, when: { field: choice, is: asking.map(({ id }) => id) } }];
    }),
  ];
}
