/** Marks a branch that the types say cannot be reached; throws when the world disagrees. */
export function never(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
